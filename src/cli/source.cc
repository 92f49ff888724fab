#include "cli/source.h"

#include "cli/local_health.h"
#include "cli/local_index.h"
#include "cli/remote.h"

namespace cadastre::cli {
namespace {

// The store of the configuration. Whoever may read its file may read all of it.
class Local final : public Source {
 public:
  explicit Local(std::unique_ptr<App> app) : app_(std::move(app)), reader_(reader(nullptr)) {}

  Result<Found> find(const search::ListRequest& request, size_t limit,
                     const std::function<void(const std::vector<catalog::Column>&)>& begin,
                     const std::function<void(const search::Row&)>& visit) override {
    index_ = local_index(*app_, Without::build);
    auto quick = reader(index_.get());
    Found found;
    constexpr size_t kPage = 1'000;
    if (limit > 0 && limit <= kPage) {
      auto page = request;
      page.limit = limit;
      TRY_ASSIGN(auto answer, quick.list(page, {}));
      begin(answer.columns);
      for (const auto& row : answer.rows) visit(row);
      return Found{answer.total, answer.rows.size(), answer.exact, std::move(answer.coverage)};
    }
    auto take = [&](const search::ListAnswer& answer) {
      found.total = answer.total;
      found.exact = answer.exact;
      found.coverage = answer.coverage;
      begin(answer.columns);
    };
    TRY(quick.each(request, {}, take, [&](const search::Row& row) {
      visit(row);
      return ++found.shown != limit;
    }));
    return found;
  }

  Result<search::Detail> detail(const std::string& id, std::optional<Time> at) override {
    return reader_.detail(id, at, {}, true);
  }
  Result<std::vector<search::VersionRow>> versions(const std::string& id) override { return reader_.versions(id, {}); }
  Result<search::Reader::Diff> diff(const std::string& id, Time from, Time to) override {
    return reader_.diff(id, from, to, {});
  }
  Result<search::ChangesAnswer> changes(const search::ChangesRequest& request) override {
    return reader_.changes(request, {});
  }
  Result<std::vector<json::object>> clusters(const ClustersRequest& request) override {
    return local_clusters(*app_, request);
  }

 private:
  search::Reader reader(const index::Index* index) {
    return {*app_->store, app_->catalog, app_->models.endpoints(),  app_->config.owner_tags,
            app_->clock,  index,         app_->config.access_portal};
  }

  std::unique_ptr<App> app_;
  std::unique_ptr<index::Index> index_;
  search::Reader reader_;
};

}  // namespace

Result<std::unique_ptr<Source>> open_source(const GlobalOptions& options) {
  if (auto url = server_url(options); !url.empty()) return open_remote(url);
  TRY_ASSIGN(auto app, App::open(options));
  return std::make_unique<Local>(std::move(app));
}

Result<std::optional<Time>> instant(const std::string& text) {
  if (text.empty()) return std::nullopt;
  TRY_ASSIGN(auto at, parse_time(text, system_clock().now()));
  return at;
}

}  // namespace cadastre::cli
