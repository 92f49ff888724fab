// A temporary folder that goes when it goes out of scope. For tests.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace cadastre::testing {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "cadastre-test-XXXXXX").string();
    path_ = ::mkdtemp(name.data()) ? name : "";
  }
  Folder(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

}  // namespace cadastre::testing
