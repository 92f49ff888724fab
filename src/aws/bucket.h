// The objects of one S3 bucket: their names, and their bytes piece by piece. For the drop-box only.
//
// Cheap to copy. Thread-safe, as the client is. Errors are those of Client, and not_found when the bucket, or the
// object, is not there.
#pragma once

#include <functional>

#include "aws/client.h"

namespace cadastre::aws {

struct StoredObject {
  std::string key;
  uint64_t bytes = 0;
  std::optional<Time> modified;
};

struct ObjectPage {
  std::vector<StoredObject> objects;  // by key
  std::vector<std::string> folders;   // "clusters/prod-eu/": with a delimiter, what lies below another level
};

class Bucket {
 public:
  Bucket(Client& client, Session session, std::string region, std::string name)
      : client_(&client), session_(std::move(session)), region_(std::move(region)), name_(std::move(name)) {}

  const std::string& name() const { return name_; }

  struct Listing {
    std::string prefix = {}, after = {};  // only keys that sort after `after`
    bool folders = false;                 // one level: what lies deeper is shown as folders
  };
  // Page after page, up to 1,000 names each; `visit` returns false to stop.
  Result<void> list(const Listing& what, std::stop_token stop,
                    const std::function<bool(const ObjectPage&)>& visit) const;

  struct Piece {
    std::string bytes;
    std::string etag;   // of the object they are of
    uint64_t size = 0;  // of the whole object
  };
  // At most `most` bytes from `from` on; none: the object ends there. With an etag: of that very object, or `failed`
  // when another was put in its place meanwhile.
  Result<Piece> read(const std::string& key, uint64_t from, uint64_t most, const std::string& etag,
                     std::stop_token stop) const;

 private:
  Call call(std::string_view operation, json::object input) const;

  Client* client_;
  Session session_;
  std::string region_, name_;
};

}  // namespace cadastre::aws
