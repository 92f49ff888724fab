// What a message of a drop-box's queue says: which objects were put. From S3 itself, through an SNS topic, or from
// EventBridge. Sources: "Event message structure" in the S3 user guide, "Message and JSON formats" in the SNS one, "S3
// event message structure" of EventBridge. Pure function.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace cadastre::kubernetes {

struct NewObject {
  std::string bucket, key;
  std::optional<Time> put;  // by S3's clock
};

struct Notice {
  enum class Kind {
    objects,  // put in a bucket; none when the event is of another sort: removed, tagged, expired
    test,     // that S3 sends when the notification is made
    foreign,  // none of ours
  };
  Kind kind = Kind::foreign;
  std::vector<NewObject> objects;
};

Notice parse_notice(std::string_view body);

}  // namespace cadastre::kubernetes
