#include "scripted_aws/scripted_aws.h"

#include "base/text.h"

namespace cadastre::scripted {
namespace {

// Services that catalogues collect from, and those that are asked on the way.
const std::vector<std::string>& services() {
  static const std::vector<std::string> kServices = {"sts",         "organizations",
                                                     "ec2",         "rds",
                                                     "elbv2",       "elb",
                                                     "iam",         "dynamodb",
                                                     "ssm",         "sqs",
                                                     "sns",         "ecs",
                                                     "eks",         "lambda",
                                                     "s3",          "route53",
                                                     "acm",         "autoscaling",
                                                     "cloudfront",  "cloudwatch",
                                                     "elasticache", "network-firewall",
                                                     "redshift",    "route53resolver",
                                                     "sagemaker",   "wafv2"};
  return kServices;
}

std::string account_of_key(std::string_view key) { return std::string(key.size() >= 16 ? key.substr(4, 12) : ""); }

HttpAnswer nobody_answer(const HttpQuestion& http) {
  HttpAnswer answer;
  answer.status = 404;
  answer.body = fmt::format(
      "<Response><Errors><Error><Code>InvalidAction</Code><Message>The scripted AWS does not know {} "
      "{}</Message></Error></Errors></Response>",
      http.method, http.target.substr(0, http.target.find('?')));
  return answer;
}

// In the middle of a text or a tag alike, no parser gets over this.
void break_syntax(std::string& body) { body.insert(body.size() / 2, "<]}\"<"); }

}  // namespace

std::string page_token(size_t offset, bool after_empty) {
  return to_base64(fmt::format("page/{}/{}", offset, after_empty ? "after-empty" : ""));
}

ScriptedAws::ScriptedAws(const aws::Models& models, const ScriptedAwsOptions& options)
    : world_(options.world), models_(models), router_(models, services()), largest_page_(options.largest_page) {
  faults_.seed(options.world.seed);
  for (const auto& kind : all_kinds()) {
    lists_[fmt::format("{}/{}", kind.service, kind.list_call)] = &kind;
    for (size_t i = 0; i < kind.seconds.size(); ++i)
      seconds_[fmt::format("{}/{}", kind.service, kind.seconds[i].operation)].push_back({&kind, i});
  }
  server_ = std::make_unique<HttpServer>([this](const HttpQuestion& http) { return answer(http); }, options.latency,
                                         options.port);
}

ScriptedAws::~ScriptedAws() { server_.reset(); }

Changes ScriptedAws::mutate(uint64_t round, double rate) {
  std::lock_guard lock(mutex_);
  return world_.mutate(round, rate);
}

void ScriptedAws::set_faults(std::vector<Fault> faults) {
  std::lock_guard lock(mutex_);
  faults_.set(std::move(faults));
}

std::vector<Fault> ScriptedAws::faults() const {
  std::lock_guard lock(mutex_);
  return faults_.all();
}

Counts ScriptedAws::counts() const {
  std::lock_guard lock(mutex_);
  return counts_;
}

void ScriptedAws::clear_counts() {
  std::lock_guard lock(mutex_);
  counts_.clear();
}

uint64_t ScriptedAws::sessions_issued() const {
  std::lock_guard lock(mutex_);
  return sessions_issued_;
}

std::string ScriptedAws::management_key_id() {
  std::lock_guard lock(mutex_);
  return "AKIA" + world_.management_account();
}

HttpAnswer ScriptedAws::answer(const HttpQuestion& http) {
  std::lock_guard lock(mutex_);
  if (http.target.starts_with("/_")) return admin_answer(http);
  auto question = router_.read(http);
  if (!question.service) return nobody_answer(http);
  const auto& service = *question.service;
  auto account = account_of_key(question.access_key);
  bool assumes = question.operation->name == "AssumeRole";
  if (assumes) {
    // Counted and broken as of the account that is entered.
    auto role = question.param("RoleArn");
    auto parts = split(role, ':');
    if (parts.size() > 4) account = parts[4];
  }
  auto now = std::chrono::steady_clock::now();
  counts_.add({account, question.region, service.name(), question.operation->name}, now);

  int64_t age = -1;
  if (auto session = sessions_.find(question.access_key); session != sessions_.end()) {
    age = std::chrono::duration_cast<Millis>(now - session->second).count();
  }
  Bend bend;
  auto way = HttpAnswer::Way::whole;
  Millis step{0};
  bool malformed = false;
  const auto* fault = faults_.strike({account, question.region, service.name(), question.operation->name, http.target,
                                      http.body, !question.token().empty(), age});
  if (fault) {
    switch (fault->kind) {
      case FaultKind::throttle:
        return throttled_answer(service);
      case FaultKind::error500:
        return server_error_answer(service, 500);
      case FaultKind::error503:
        return server_error_answer(service, 503);
      case FaultKind::html:
        return proxy_page();
      case FaultKind::expired_token_mid:
      case FaultKind::expire_credentials:
        return expired_answer(service);
      case FaultKind::deny_iam:
        return denied_answer(service, question.operation->name, account, false);
      case FaultKind::deny_scp:
        return denied_answer(service, question.operation->name, account, true);
      case FaultKind::opt_in_required:
        return opt_in_answer(service);
      case FaultKind::auth_failure:
        return unknown_key_answer(service);
      case FaultKind::reset:
        way = HttpAnswer::Way::reset;
        break;
      case FaultKind::cut:
        way = HttpAnswer::Way::cut;
        break;
      case FaultKind::hang:
        way = HttpAnswer::Way::hang;
        break;
      case FaultKind::slow:
        way = HttpAnswer::Way::slow;
        step = Millis(fault->step);
        break;
      case FaultKind::malformed:
        malformed = true;
        break;
      case FaultKind::empty_page_with_token:
        bend.empty_page = true;
        break;
      case FaultKind::repeated_token:
        bend.repeat_token = true;
        break;
      case FaultKind::wrong_region_bucket:
        bend.bucket_region = fault->to;
        break;
    }
  }
  auto answer = answer_call(question, account, bend);
  answer.way = way;
  answer.step = step;
  if (malformed) break_syntax(answer.body);
  return answer;
}

HttpAnswer ScriptedAws::answer_call(const Question& question, const std::string& account, const Bend& bend) {
  const auto& service = *question.service;
  const auto* owner = world_.account(account);
  if (service.name() == "sts") return sts_answer(question, account);
  if (!owner) return unknown_key_answer(service);
  if (std::ranges::find(owner->regions_off, question.region) != owner->regions_off.end())
    return unknown_key_answer(service);
  if (service.name() == "organizations") return organization_answer(question);
  if (question.operation->name == "DescribeRegions" && service.name() == "ec2")
    return regions_answer(question, account);
  auto name = fmt::format("{}/{}", service.name(), question.operation->name);
  if (auto list = lists_.find(name); list != lists_.end()) return list_answer(*list->second, question, account, bend);
  if (auto second = seconds_.find(name); second != seconds_.end()) {
    const auto& [kind, index] = second->second.front();
    return second_answer(*kind, index, question, account, bend);
  }
  return output_answer(service, *question.operation, {});
}

std::string_view ScriptedAws::element(const Question& question, WorldCell& cell, Entry& entry) {
  if (entry.wire.empty()) {
    entry.wire =
        write_element(*question.service, *question.operation, cell.kind->list_member, world_.tell(cell, entry).listed);
  }
  return entry.wire;
}

HttpAnswer ScriptedAws::list_answer(const KindFacts& kind, const Question& question, const std::string& account,
                                    const Bend& bend) {
  const auto& service = *question.service;
  const auto& operation = *question.operation;
  std::vector<Entry*> listed;
  auto* cell = world_.cell(account, kind.global ? "global" : question.region, kind.name);
  std::optional<uint32_t> parent;
  if (cell && !kind.parent.empty()) {
    auto wanted = question.param(kind.parent_parameter);
    if (auto at = wanted.rfind(kind.parent_after); at != wanted.npos) wanted.erase(0, at + kind.parent_after.size());
    auto* parents = world_.cell(account, cell->region, kind.parent);
    auto* found = parents ? parents->find(wanted) : nullptr;
    if (!found)
      return error_answer(service, 404, service.name() == "route53" ? "NoSuchHostedZone" : "ClusterNotFoundException",
                          "There is no " + wanted);
    parent = found->number;
  }
  if (cell) {
    for (auto& entry : cell->entries) {
      if (!parent || parent_of(entry.number) == *parent) listed.push_back(&entry);
    }
  }

  size_t offset = 0;
  bool after_empty = false;
  if (auto token = question.token(); !token.empty()) {
    auto parts = from_base64(token).value_or("");
    if (!parts.starts_with("page/"))
      return error_answer(service, 400, "InvalidNextToken", "The token is not one of ours");
    offset = std::min<size_t>(std::strtoull(parts.c_str() + 5, nullptr, 10), listed.size());
    after_empty = parts.ends_with("after-empty");
  }
  size_t size = std::min({question.page_size().value_or(kind.page_size), kind.largest_page, largest_page_});
  bool leave_empty = bend.empty_page && !after_empty;
  size_t end = leave_empty ? offset : std::min(listed.size(), offset + std::max<size_t>(1, size));

  std::vector<std::string_view> elements;
  for (size_t i = offset; i < end; ++i) elements.push_back(element(question, *cell, *listed[i]));
  std::string next = end < listed.size() || leave_empty ? page_token(end, leave_empty) : "";
  if (bend.repeat_token) next = question.token().empty() ? page_token(end, false) : question.token();
  // Without a page size SQS gives the first thousand and no token.
  if (service.name() == "sqs" && !question.page_size()) next.clear();

  json::object others;
  if (const auto& paginator = operation.paginator) {
    for (size_t i = 0; i < paginator->output_tokens.size() && !next.empty(); ++i) {
      const auto& member = paginator->output_tokens[i].source();
      if (i == 0)
        others[member] = next;
      else if (member == "NextRecordType")
        others[member] = "A";
    }
    if (paginator->has_more_results) others[paginator->more_results.source()] = !next.empty();
  }
  if (service.name() == "route53") others["MaxItems"] = std::to_string(size);
  return page_answer(service, operation, kind.list_member, elements, others);
}

HttpAnswer ScriptedAws::second_answer(const KindFacts& kind, size_t index, const Question& question,
                                      const std::string& account, const Bend& bend) {
  const auto& service = *question.service;
  const auto& second = kind.seconds[index];
  auto* cell = world_.cell(account, kind.global ? "global" : question.region, kind.name);
  auto native_of = [&](std::string value) {
    if (second.after.empty()) return value;
    auto at = value.rfind(second.after);
    return at == value.npos ? value : value.substr(at + second.after.size());
  };
  auto unknown = [&](const std::string& which) {
    return error_answer(service, second.status, second.unknown, fmt::format("There is no {}", which));
  };
  if (!second.batch_into.empty()) {
    json::array outputs;
    for (const auto& value : question.values(second.parameter)) {
      auto* entry = cell ? cell->find(native_of(value)) : nullptr;
      if (entry)
        outputs.push_back(world_.tell(*cell, *entry).details[index].output);
      else if (!second.unknown.empty())
        return unknown(value);
    }
    return output_answer(service, *question.operation, {{second.batch_into, std::move(outputs)}});
  }
  auto wanted = question.param(second.parameter);
  auto* entry = cell ? cell->find(native_of(wanted)) : nullptr;
  if (!entry) return unknown(wanted);
  auto telling = world_.tell(*cell, *entry);
  if (service.name() == "s3") {
    auto home = bend.bucket_region.empty() ? world_.region_of(*cell, telling.item) : bend.bucket_region;
    if (question.region != home) {
      auto moved =
          error_answer(service, 301, "PermanentRedirect",
                       "The bucket you are attempting to access must be addressed using the specified endpoint.");
      moved.headers.emplace_back("x-amz-bucket-region", home);
      return moved;
    }
  }
  auto& detail = telling.details[index];
  if (!detail.none.empty()) return error_answer(service, 404, detail.none, "There is none");
  return output_answer(service, *question.operation, detail.output.get_object());
}

void ScriptedAws::render_all() {
  std::lock_guard lock(mutex_);
  for (auto& [key, cell] : world_.cells()) {
    Question question;
    if (auto service = models_.service(cell.kind->service)) question.service = *service;
    if (!question.service) continue;
    question.operation = question.service->operation(cell.kind->list_call);
    for (auto& entry : cell.entries) element(question, cell, entry);
  }
}

}  // namespace cadastre::scripted
