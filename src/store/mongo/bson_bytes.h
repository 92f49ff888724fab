// Documents to libbson's and back: for bson.cc and database.cc, the two files that know libbson.
#pragma once

#include <bson/bson.h>

#include <utility>

#include "store/mongo/bson.h"

namespace cadastre::store::mongo {

class BsonPtr {
 public:
  explicit BsonPtr(bson_t* bytes) : bytes_(bytes) {}
  BsonPtr(BsonPtr&& other) noexcept : bytes_(std::exchange(other.bytes_, nullptr)) {}
  BsonPtr& operator=(BsonPtr&&) = delete;
  ~BsonPtr() { bson_destroy(bytes_); }
  bson_t* get() const { return bytes_; }
  bson_t* operator->() const { return bytes_; }

 private:
  bson_t* bytes_;
};

BsonPtr to_bson(const Document& document);
Document from_bson(const bson_t* bytes);

}  // namespace cadastre::store::mongo
