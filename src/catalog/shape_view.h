// What a document of a kind may contain, by AWS's model: for checking the paths of stanzas before anything is called.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "aws/model.h"
#include "base/json.h"

namespace cadastre::catalog {

// A set of shapes that a value may have. `anything` absorbs every path (maps, free-form documents, kept members).
class ShapeView {
 public:
  static ShapeView of(const aws::Shape* shape);
  static ShapeView anything();

  void add_member(const std::string& name, ShapeView view);  // a member besides those of the model
  void merge(const ShapeView& other);                        // may also be this

  // The view of what `path` finds; the error names the step that is not in the model, and suggests one that is.
  Result<ShapeView> resolve(const Path& path) const;
  bool is_anything() const { return anything_; }
  bool empty() const { return shapes_.empty() && extra_.empty() && !anything_; }

  // The tree of member names: {"State": {"Name": {}}}; a shape inside itself ends in {"*": {}}.
  json::object tree() const;

 private:
  Result<ShapeView> step(const Path::Step& step) const;
  json::object tree(std::vector<const aws::Shape*>& above) const;
  std::vector<const aws::Shape*> shapes_;
  std::map<std::string, ShapeView> extra_;
  bool anything_ = false;
};

}  // namespace cadastre::catalog
