#include "must.h"
#include "query/evaluate.h"
#include "query/parser.h"

using namespace cadastre;

// Of what was understood, a resource can be told to match or not, at once; of what was not, one sentence says why.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const json::value document = {
      {"State", {{"Name", "running"}}}, {"Ips", {"10.0.0.1", "10.0.0.2"}}, {"Size", 100}};
  static const query::Subject subject = [] {
    query::Subject made;
    made.kind_name = "aws.ec2.instance";
    made.account = "111111111111";
    made.region = "eu-west-1";
    made.id = "aws.ec2.instance/111111111111/eu-west-1/i-1";
    made.native = "i-1";
    made.name = "web-1";
    made.tags = {{"team", "blue"}};
    made.texts = {"i-1", "web-1", "blue"};
    made.networks = {*parse_network("10.0.0.1")};
    made.document = &document;
    return made;
  }();
  auto parsed = query::parse({reinterpret_cast<const char*>(data), size});
  if (parsed) {
    query::matches(*parsed, subject, Time(Millis(1'767'323'045'000)));
  } else {
    MUST(parsed.error().code == ErrorCode::invalid);
    MUST(!parsed.error().message.empty());
  }
  return 0;
}
