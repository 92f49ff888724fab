// The dashboard's files, read once into memory: nothing else on the disk can be asked for. Immutable, thread-safe.
#pragma once

#include <map>
#include <string>

#include "net/http_server.h"

namespace cadastre::api {

class StaticFiles {
 public:
  // Every file below the directory; "" or one that is not there: no dashboard. Errors: io, naming the file.
  static Result<StaticFiles> load(const std::string& directory);

  // The exact file; else PATH.html or PATH/index.html; else, for a page that a browser asks for, index.html, since the
  // dashboard knows its own paths; else 404. Without a dashboard: a page that says what is here.
  ServerResponse answer(const ServerRequest& request) const;
  bool any() const { return !files_.empty(); }

 private:
  struct File {
    std::string type, plain, gzip, brotli, tag;  // the last two "" when there is no NAME.gz, NAME.br
    bool lasting = false;                        // its name changes with its content
  };
  const File* find(const std::string& path) const;
  static ServerResponse send(const File& file, const ServerRequest& request);

  std::map<std::string, File> files_;  // by path: "/index.html"
};

}  // namespace cadastre::api
