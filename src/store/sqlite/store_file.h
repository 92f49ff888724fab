// One store's file, as the parts of this backend share it.
#pragma once

#include "store/sqlite/database.h"

namespace cadastre::store {

struct StoreFile {
  StoreFile(std::string file, std::unique_ptr<Connection> inventory, std::unique_ptr<Connection> people)
      : path(std::move(file)),
        writer(std::move(inventory)),
        durable(std::move(people)),
        readers(path, Connection::Mode::reads),
        scanners(path, Connection::Mode::scans) {}

  const std::string path;
  // Held for every write of this process, whichever connection makes it: threads wait here for each other, and poll
  // SQLite's own lock only when another process writes.
  std::mutex writing;
  const std::unique_ptr<Connection> writer;   // what is collected, and collected again: Mode::writes
  const std::unique_ptr<Connection> durable;  // what people did: Mode::durable
  ReaderPool readers, scanners;
};

}  // namespace cadastre::store
