#include "catalog/shape_view.h"

#include "base/text.h"

namespace cadastre::catalog {

ShapeView ShapeView::of(const aws::Shape* shape) {
  ShapeView view;
  if (shape) view.shapes_.push_back(shape);
  return view;
}

ShapeView ShapeView::anything() {
  ShapeView view;
  view.anything_ = true;
  return view;
}

void ShapeView::add_member(const std::string& name, ShapeView view) {
  auto [at, added] = extra_.try_emplace(name, view);
  if (!added) at->second.merge(view);
}

void ShapeView::merge(const ShapeView& other) {
  for (auto* shape : other.shapes_) {
    if (std::ranges::find(shapes_, shape) == shapes_.end()) shapes_.push_back(shape);
  }
  for (const auto& [name, view] : other.extra_) add_member(name, view);
  anything_ |= other.anything_;
}

Result<ShapeView> ShapeView::step(const Path::Step& step) const {
  if (anything_) return anything();
  ShapeView found;
  std::vector<std::string_view> names;
  if (step.kind == Path::Step::Kind::member) {
    if (auto at = extra_.find(step.name); at != extra_.end()) found.merge(at->second);
    for (const auto& [name, view] : extra_) names.push_back(name);
  }
  for (auto* shape : shapes_) {
    switch (step.kind) {
      case Path::Step::Kind::member:
      case Path::Step::Kind::all_members:
        if (shape->document) return anything();
        if (shape->type == aws::ShapeType::map) found.merge(of(shape->value.shape));
        for (const auto& member : shape->members) {
          names.push_back(member.name);
          if (step.kind == Path::Step::Kind::all_members || member.name == step.name) found.merge(of(member.shape));
        }
        break;
      case Path::Step::Kind::all_elements:
      case Path::Step::Kind::element:
        if (shape->type == aws::ShapeType::list) found.merge(of(shape->element.shape));
        break;
    }
  }
  if (!found.empty()) return found;
  if (step.kind == Path::Step::Kind::member) {
    return fail(ErrorCode::invalid,
                fmt::format("AWS's model has no member '{}' there{}", step.name, did_you_mean(step.name, names)));
  }
  return fail(ErrorCode::invalid, "AWS's model has no list there");
}

Result<ShapeView> ShapeView::resolve(const Path& path) const {
  if (path.is_self()) return *this;
  ShapeView all;
  for (const auto& steps : path.alternatives()) {
    ShapeView here = *this;
    for (const auto& next : steps) {
      TRY_ASSIGN(here, here.step(next));
    }
    all.merge(here);
  }
  return all;
}

json::object ShapeView::tree() const {
  std::vector<const aws::Shape*> above;
  return tree(above);
}

json::object ShapeView::tree(std::vector<const aws::Shape*>& above) const {
  json::object object;
  auto add = [&](std::string_view name, const ShapeView& view) {
    auto& slot = object[name];
    if (!slot.is_object()) slot = json::object();
    for (auto& [key, value] : view.tree(above)) slot.get_object()[key] = value;
  };
  if (anything_) object["*"] = json::object();
  for (const auto& [name, view] : extra_) add(name, view);
  for (auto* shape : shapes_) {
    if (shape->document || std::ranges::find(above, shape) != above.end()) {
      object["*"] = json::object();
      continue;
    }
    above.push_back(shape);
    for (const auto& member : shape->members) add(member.name, of(member.shape));
    if (shape->type == aws::ShapeType::list) {
      for (auto& [key, value] : of(shape->element.shape).tree(above)) object[key] = value;
    }
    if (shape->type == aws::ShapeType::map) add("*", of(shape->value.shape));
    above.pop_back();
  }
  return object;
}

}  // namespace cadastre::catalog
