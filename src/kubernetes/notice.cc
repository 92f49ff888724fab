#include "kubernetes/notice.h"

#include "base/json.h"
#include "base/text.h"

namespace cadastre::kubernetes {
namespace {

const json::value* member(const json::value& value, std::string_view name) {
  auto* object = value.if_object();
  return object ? object->if_contains(name) : nullptr;
}

// The text at a path of members; "" when there is none.
std::string text_at(const json::value& value, std::initializer_list<std::string_view> path) {
  const auto* at = &value;
  for (auto name : path) {
    at = member(*at, name);
    if (!at) return {};
  }
  return at->is_string() ? std::string(at->get_string()) : std::string();
}

// S3 writes keys as forms do: '+' is a space.
std::string decode_key(std::string key) { return percent_decode(replace_all(std::move(key), "+", " ")); }

Notice from_s3(const json::array& records) {
  Notice notice{Notice::Kind::objects, {}};
  for (const auto& record : records) {
    auto source = text_at(record, {"eventSource"});
    if (!source.starts_with("aws:s3") && !source.starts_with("minio:s3")) return {};
    auto event = text_at(record, {"eventName"});  // "ObjectCreated:Put", from some with "s3:" before it
    if (event.find("ObjectCreated:") == event.npos) continue;
    notice.objects.push_back({text_at(record, {"s3", "bucket", "name"}),
                              decode_key(text_at(record, {"s3", "object", "key"})),
                              parse_rfc3339(text_at(record, {"eventTime"}))});
  }
  return notice;
}

Notice from_event_bridge(const json::value& event) {
  Notice notice{Notice::Kind::objects, {}};
  if (text_at(event, {"detail-type"}) == "Object Created") {
    notice.objects.push_back({text_at(event, {"detail", "bucket", "name"}), text_at(event, {"detail", "object", "key"}),
                              parse_rfc3339(text_at(event, {"time"}))});
  }
  return notice;
}

Notice parse(std::string_view body, bool wrapped) {
  auto read = parse_json(body, "the message");
  if (!read) return {};
  if (auto* records = member(*read, "Records"); records && records->is_array()) return from_s3(records->get_array());
  if (text_at(*read, {"Event"}) == "s3:TestEvent") return {Notice::Kind::test, {}};
  if (text_at(*read, {"source"}) == "aws.s3") return from_event_bridge(*read);
  if (!wrapped && text_at(*read, {"Type"}) == "Notification") return parse(text_at(*read, {"Message"}), true);
  return {};
}

}  // namespace

Notice parse_notice(std::string_view body) { return parse(body, false); }

}  // namespace cadastre::kubernetes
