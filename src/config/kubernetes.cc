#include "config/kubernetes.h"

#include "base/text.h"
#include "config/serving.h"

namespace cadastre {
namespace {

constexpr Millis kDumpsEvery = std::chrono::minutes(5);
constexpr Millis kListEvery = std::chrono::seconds(30);        // how late a dump is seen at worst
constexpr Millis kListBesideQueue = std::chrono::minutes(15);  // for events that were lost

class KubernetesReader {
 public:
  KubernetesReader(const YamlNode& node, const ServingTexts& texts, YamlErrors& errors, const Config& config)
      : map_(node, "kubernetes", errors), errors_(errors), texts_(texts), config_(config) {}

  KubernetesConfig read() {
    if (auto* list = map_.list("dropboxes")) {
      for (const auto& node : list->items) add(dropbox(node), node);
    }
    if (auto* list = map_.list("clusters")) {
      for (const auto& node : list->items) add(cluster(node), node);
    }
    found_.late = static_cast<int>(map_.integer("late", 1, 1000).value_or(found_.late));
    map_.finish();
    return std::move(found_);
  }

 private:
  template <typename... Args>
  void complain(YamlMap& map, std::string_view key, fmt::format_string<Args...> format, Args&&... args) {
    errors_.add(*map.here().find(key), fmt::format(format, std::forward<Args>(args)...));
  }

  // An account by id or name; `configured`: it must be one whose credentials are known.
  std::string account(YamlMap& map, bool configured) {
    auto given = map.required_text("account");
    for (const auto& account : config_.accounts) {
      if (account.id == given || account.name == given) return account.id;
    }
    if (given.empty()) return given;
    if (!is_account_id(given)) {
      complain(map, "account", "'{}' is neither an account id of 12 digits nor the name of one under 'accounts'",
               printable(given));
    } else if (configured && !config_.organization) {
      complain(map, "account", "there is no account {} under 'accounts', so nothing says how to get in; add it", given);
    }
    return given;
  }

  std::string region(YamlMap& map) {
    auto name = map.required_text("region");
    if (!name.empty() && !looks_like_region(name))
      complain(map, "region", "'{}' is not a region; write for example eu-west-1", printable(name));
    return name;
  }

  // "clusters/prod-eu/": with a slash at its end and none at its beginning.
  std::string prefix(YamlMap& map, std::string otherwise) {
    auto text = map.text("prefix").value_or(std::move(otherwise));
    if (text.starts_with('/') || text.find("//") != text.npos)
      complain(map, "prefix", "'{}' has an empty folder in it; write for example clusters/", printable(text));
    if (!text.empty() && !text.ends_with('/')) text += '/';
    return text;
  }

  Millis every(YamlMap& map, Millis otherwise) {
    auto value = map.duration("every");
    if (value && *value < std::chrono::seconds(10)) complain(map, "every", "less than 10s would only cost requests");
    return value.value_or(otherwise);
  }

  DropboxConfig dropbox(const YamlNode& node) {
    YamlMap map(node, "dropbox", errors_);
    DropboxConfig box;
    box.bucket = map.required_text("bucket");
    if (box.bucket.find('/') != box.bucket.npos)
      complain(map, "bucket", "'{}' is no bucket's name; folders of it go into 'prefix'", printable(box.bucket));
    box.region = region(map);
    box.profile = texts_.expanded(map, "profile").value_or("");
    box.role = texts_.expanded(map, "role").value_or("");
    box.external_id = texts_.expanded(map, "external_id").value_or("");
    if (!box.role.empty() && !role_account(box.role))
      complain(map, "role", "'{}' is not the ARN of a role; write arn:aws:iam::ACCOUNT:role/NAME", printable(box.role));
    if (!box.external_id.empty() && box.role.empty())
      complain(map, "external_id", "external_id is for assuming a role, and the drop-box has no 'role'");
    bool own = node.find("profile") || node.find("role");
    if (own && node.find("account"))
      complain(map, "account", "give either an account, whose credentials are taken, or a profile or role of its own");
    if (!own) box.account = account(map, true);
    if (auto queue = texts_.expanded(map, "queue")) box.queue = queue_url(map, *queue);
    box.prefix = prefix(map, "");
    box.every = every(map, box.queue.empty() ? kListEvery : kListBesideQueue);
    if (auto* discover = map.map("discover")) {
      YamlMap each(*discover, "discover", errors_);
      box.discover = {account(each, false), region(each), every(each, kDumpsEvery)};
      each.finish();
    }
    map.finish();
    return box;
  }

  std::string queue_url(YamlMap& map, std::string url) {
    bool here = url.starts_with("http://127.0.0.1:") || url.starts_with("http://localhost:");
    if (!url.starts_with("https://") && !here) {
      complain(map, "queue",
               "'{}' is no queue's URL; write for example https://sqs.eu-west-1.amazonaws.com/111111111111/NAME",
               printable(url));
    }
    return url;
  }

  ClusterConfig cluster(const YamlNode& node) {
    YamlMap map(node, "cluster", errors_);
    ClusterConfig cluster;
    cluster.name = map.required_text("name");
    // What its bastion may be called, and what may stand in the id of a resource.
    bool known = cluster.name.size() <= 100 && std::ranges::all_of(cluster.name, [](unsigned char c) {
                   return std::isalnum(c) || c == '-' || c == '_' || c == '.';
                 });
    if (!known)
      complain(map, "name", "'{}' is no cluster's name: letters, digits and -_. make one", printable(cluster.name));
    cluster.account = account(map, false);
    cluster.region = region(map);
    cluster.eks = map.text("eks").value_or("");
    cluster.bucket = map.text("bucket").value_or("");
    cluster.every = every(map, kDumpsEvery);
    const auto* box = box_of(map, node, cluster.bucket);
    if (box) cluster.bucket = box->bucket;
    cluster.prefix = prefix(map, (box ? box->prefix : "") + cluster.name + "/");
    map.finish();
    return cluster;
  }

  // The drop-box of a cluster: the one that it names, or the only one.
  const DropboxConfig* box_of(YamlMap& map, const YamlNode& node, const std::string& bucket) {
    if (!bucket.empty()) {
      auto at = std::ranges::find(found_.dropboxes, bucket, &DropboxConfig::bucket);
      if (at != found_.dropboxes.end()) return &*at;
      complain(map, "bucket", "there is no '{}' under 'dropboxes'", printable(bucket));
    } else if (found_.dropboxes.size() == 1) {
      return &found_.dropboxes.front();
    } else if (!found_.dropboxes.empty()) {
      errors_.add(node, "there are several drop-boxes; name the one that this cluster's dumps are in: 'bucket'");
    }
    return nullptr;
  }

  void add(DropboxConfig box, const YamlNode& node) {
    if (std::ranges::find(found_.dropboxes, box.bucket, &DropboxConfig::bucket) != found_.dropboxes.end())
      errors_.add(node, fmt::format("the bucket {} is given twice; keep one", printable(box.bucket)));
    found_.dropboxes.push_back(std::move(box));
  }

  // Who may write below a prefix is its cluster: it must be one cluster's.
  void add(ClusterConfig cluster, const YamlNode& node) {
    for (const auto& other : found_.clusters) {
      if (other.name == cluster.name) {
        errors_.add(node, fmt::format("the cluster {} is given twice; keep one", printable(cluster.name)));
      } else if (!cluster.bucket.empty() && other.bucket == cluster.bucket &&
                 (other.prefix.starts_with(cluster.prefix) || cluster.prefix.starts_with(other.prefix))) {
        errors_.add(node, fmt::format("the prefixes of the clusters {} and {}, '{}' and '{}', lie in each other: "
                                      "whose a dump is could not be told",
                                      other.name, cluster.name, other.prefix, cluster.prefix));
      }
    }
    found_.clusters.push_back(std::move(cluster));
  }

  YamlMap map_;
  YamlErrors& errors_;
  const ServingTexts& texts_;
  const Config& config_;
  KubernetesConfig found_;
};

}  // namespace

void read_kubernetes(YamlMap& map, const ServingTexts& texts, Config& config) {
  if (auto* node = map.map("kubernetes"))
    config.kubernetes = KubernetesReader(*node, texts, map.errors(), config).read();
}

}  // namespace cadastre
