#include "kubernetes/ingest.h"

#include "base/text.h"
#include "kubernetes/control_plane.h"
#include "kubernetes/kind_run.h"
#include "kubernetes/object.h"
#include "kubernetes/pages.h"

namespace cadastre::kubernetes {
namespace {

using store::Outcome;

// A manifest is some kilobytes.
constexpr uint64_t kLargestManifest = 4 << 20;

constexpr std::string_view kNoStanza = "left: the catalogue has no kind of this name";

Result<std::string> read_manifest(DumpFiles& files) {
  TRY_ASSIGN(auto file, files.open(std::string(kManifest)));
  PlainSource plain(*file, kLargestManifest);
  std::string text, chunk(64 * 1024, '\0');
  for (;;) {
    auto count = plain.read(chunk);
    if (!count && count.error().code == ErrorCode::malformed)
      return fail(ErrorCode::invalid, "the manifest cannot be read: " + count.error().message, count.error().cause);
    if (!count) return std::unexpected(std::move(count).error());
    if (*count == 0) return text;
    text.append(chunk, 0, *count);
  }
}

// One dump, or one list, into one cluster's cells.
class Run {
 public:
  Run(const std::map<std::string, const catalog::Kind*, std::less<>>& kinds, store::Store& store, Clock& clock,
      const Cluster& cluster, Time as_of, std::stop_token stop)
      : kinds_(kinds),
        store_(store),
        cluster_(cluster),
        as_of_(as_of, clock),
        started_(clock.steady()),
        stop_(std::move(stop)) {
    report_.cluster = cluster.name;
    report_.started = as_of;
  }

  Result<DumpReport> dump(const Manifest& manifest, DumpFiles& files) {
    report_.dump = manifest.dump;
    TRY(know_account());
    TRY(know_cluster());
    if (auto own = kinds_.find(kControlPlane); own != kinds_.end())
      TRY(keep_control_plane(*own->second, manifest, cluster_, store_, as_of_));
    for (const auto& listed : manifest.kinds) {
      if (stop_.stop_requested()) return fail(ErrorCode::cancelled, "reading the dump was stopped");
      TRY(kind(listed, files));
    }
    return done();
  }

  Result<DumpReport> list(const std::string& name, ByteSource& file) {
    report_.dump = name;
    TRY(know_account());
    TRY(know_cluster());
    std::map<std::string, std::unique_ptr<KindRun>> runs;  // nullptr: left
    std::map<std::string, KindReport> left;
    auto on_item = [&](std::string_view text, const Envelope& envelope) -> Result<void> {
      TRY_ASSIGN(auto resource, resource_in(text, envelope));
      auto [at, fresh] = runs.try_emplace(resource);
      if (fresh) {
        TRY_ASSIGN(at->second, begin_of_list(resource, left));
      }
      if (!at->second) return ++left[resource].listed, Result<void>();
      return at->second->item(text, envelope);
    };
    TRY_ASSIGN(auto page, read_page(file, name, on_item, stop_));
    if (page.items == 0 && !page.complaint.code.empty()) return fail(ErrorCode::invalid, page.complaint.message);
    auto complaint = page.complaint;
    if (complaint.code.empty())
      complaint = {"list", "a list without a manifest adds and changes, and never says what is gone"};
    for (auto& [resource, run] : runs) {
      if (!run) continue;
      TRY(run->finish(complaint.code, complaint.message));
      report_.kinds.push_back(run->report);
    }
    for (auto& [resource, one] : left) report_.kinds.push_back(std::move(one));
    return done();
  }

 private:
  // The dashboard lists accounts, and this one may not be among those that are collected.
  Result<void> know_account() {
    TRY_ASSIGN(auto accounts, store_.cells().accounts());
    if (std::ranges::find(accounts, cluster_.account, &store::AccountRow::id) != accounts.end()) return {};
    auto now = as_of_.now();
    return store_.cells().put_account({cluster_.account, cluster_.account, "active", {}, now}, now);
  }

  // So that whoever reads the store knows, too, whose EKS cluster it is.
  Result<void> know_cluster() {
    TRY_ASSIGN(auto known, store_.clusters().clusters());
    store::ClusterRow row{cluster_.account, cluster_.name, cluster_.region, cluster_.eks};
    if (std::ranges::find(known, row) != known.end()) return {};
    return store_.clusters().put_cluster(row);
  }

  Result<void> kind(const Manifest::Kind& listed, DumpFiles& files) {
    auto found = kinds_.find(listed.resource);
    if (found == kinds_.end()) {
      report_.kinds.push_back(
          {.resource = listed.resource, .kind = {}, .code = "unknown", .message = std::string(kNoStanza)});
      return {};
    }
    KindRun run(*found->second, cluster_, store_, as_of_);
    if (listed.outcome == Manifest::Outcome::absent) {
      TRY_ASSIGN(bool known, has_cell(found->second->name));
      if (!known) {
        run.report.outcome = Outcome::unsupported;
        run.report.code = "absent";
        run.report.message = fmt::format("the cluster has no {}", listed.resource);
        report_.kinds.push_back(std::move(run.report));
        return {};
      }
    }
    TRY_ASSIGN(bool begun, run.begin(listed.outcome == Manifest::Outcome::complete));
    if (begun) TRY(read_kind(run, listed, files));
    report_.kinds.push_back(std::move(run.report));
    return {};
  }

  Result<void> read_kind(KindRun& run, const Manifest::Kind& listed, DumpFiles& files) {
    auto why = [&](std::string_view fallback) {
      return listed.message.empty() ? std::string(fallback) : printable(listed.message);
    };
    switch (listed.outcome) {
      case Manifest::Outcome::denied:
        return run.refuse(Outcome::denied, "Forbidden", why("the drop-box may not list it: apply its RBAC manifest"));
      case Manifest::Outcome::absent:
        return run.refuse(Outcome::unsupported, "absent",
                          fmt::format("the cluster has no {} any more", listed.resource));
      default:
        break;
    }
    auto on_item = [&](std::string_view text, const Envelope& envelope) { return run.item(text, envelope); };
    TRY_ASSIGN(auto complaint, read_pages(listed.resource, listed.files, files, on_item, stop_));
    if (listed.outcome == Manifest::Outcome::cut) complaint = {"cut", why("the drop-box's list broke off")};
    if (listed.outcome == Manifest::Outcome::failed) complaint = {"failed", why("the drop-box could not list it")};
    return run.finish(std::move(complaint.code), std::move(complaint.message));
  }

  Result<bool> has_cell(const std::string& kind) {
    if (!known_cells_) {
      TRY_ASSIGN(auto cells, store_.cells().list());
      known_cells_.emplace();
      for (auto& cell : cells) known_cells_->insert(std::move(cell.key));
    }
    return known_cells_->contains({cluster_.account, cluster_.name, kind});
  }

  // What an item of a mixed list is one of. Few members are needed, but they may be anywhere in it.
  Result<std::string> resource_in(std::string_view text, const Envelope& envelope) {
    auto kind = item_kind(envelope);
    if (!kind.empty()) return resource_of(kind, envelope.api_version);
    json::monotonic_resource storage;
    auto document = read_object(text, envelope, &storage);
    if (!document) return std::string();
    return resource_of(member_text(document->get_object(), "kind"), member_text(document->get_object(), "apiVersion"));
  }

  Result<std::unique_ptr<KindRun>> begin_of_list(const std::string& resource, std::map<std::string, KindReport>& left) {
    auto found = kinds_.find(resource);
    if (found == kinds_.end()) {
      auto message =
          resource.empty() ? std::string("left: an item that does not say what it is") : std::string(kNoStanza);
      left[resource] = {.resource = resource, .kind = {}, .code = "unknown", .message = std::move(message)};
      return nullptr;
    }
    auto run = std::make_unique<KindRun>(*found->second, cluster_, store_, as_of_);
    TRY_ASSIGN(bool begun, run->begin(false));
    if (begun) return run;
    left[resource] = run->report;
    return nullptr;
  }

  DumpReport done() {
    report_.took = std::chrono::duration_cast<Millis>(as_of_.steady() - started_);
    return std::move(report_);
  }

  const std::map<std::string, const catalog::Kind*, std::less<>>& kinds_;
  store::Store& store_;
  const Cluster& cluster_;
  AsOf as_of_;
  std::chrono::steady_clock::time_point started_;
  std::stop_token stop_;
  std::optional<std::set<store::CellKey>> known_cells_;
  DumpReport report_;
};

}  // namespace

bool DumpReport::complete() const {
  return std::ranges::all_of(kinds, [](const KindReport& one) {
    return store::proves_absence(one.outcome) || one.code == "absent" || one.kind.empty();
  });
}

Ingester::Ingester(const catalog::Catalog& catalog, store::Store& store, Clock& clock)
    : catalog_(catalog), store_(store), clock_(clock) {
  for (const auto& kind : catalog_.kinds()) {
    if (!kind.resource.empty()) kinds_.emplace(kind.resource, &kind);
  }
}

Result<DumpReport> Ingester::ingest(const Cluster& cluster, DumpFiles& files, Time arrived, std::stop_token stop) {
  TRY_ASSIGN(auto text, read_manifest(files));
  TRY_ASSIGN(auto manifest, parse_manifest(text));
  if (manifest.cluster != cluster.name) {
    return fail(ErrorCode::invalid,
                fmt::format("the dump says that it is of cluster '{}', and it lies where '{}' puts its own; check the "
                            "drop-box's configuration",
                            printable(manifest.cluster), cluster.name));
  }
  return Run(kinds_, store_, clock_, cluster, std::min(manifest.started, arrived), std::move(stop))
      .dump(manifest, files);
}

Result<DumpReport> Ingester::ingest_list(const Cluster& cluster, const std::string& name, ByteSource& file, Time as_of,
                                         std::stop_token stop) {
  return Run(kinds_, store_, clock_, cluster, as_of, std::move(stop)).list(name, file);
}

}  // namespace cadastre::kubernetes
