#include "kubernetes/report_json.h"

#include "base/log.h"
#include "base/text.h"

namespace cadastre::kubernetes {

json::object report_json(const DumpReport& report) {
  json::array kinds;
  for (const auto& kind : report.kinds) {
    kinds.push_back(json::object{{"resource", kind.resource},
                                 {"kind", kind.kind},
                                 {"outcome", store::to_string(kind.outcome)},
                                 {"code", kind.code},
                                 {"message", kind.message},
                                 {"resources", kind.listed},
                                 {"opened", kind.opened},
                                 {"changed", kind.changed},
                                 {"closed", kind.closed}});
  }
  return {{"cluster", report.cluster},
          {"dump", report.dump},
          {"as_of", format_time(report.started)},
          {"complete", report.complete()},
          {"milliseconds", report.took.count()},
          {"kinds", std::move(kinds)}};
}

void log_report(const DumpReport& report) {
  uint64_t listed = 0, opened = 0, changed = 0, closed = 0;
  std::vector<std::string> incomplete;
  for (const auto& kind : report.kinds) {
    listed += kind.listed;
    opened += kind.opened;
    changed += kind.changed;
    closed += kind.closed;
    if (!kind.kind.empty() && kind.outcome != store::Outcome::complete) incomplete.push_back(printable(kind.resource));
  }
  log_record(LogLevel::info, "a dump was read",
             {{"cluster", report.cluster},
              {"dump", report.dump},
              {"as_of", format_time(report.started)},
              {"resources", listed},
              {"opened", opened},
              {"changed", changed},
              {"closed", closed},
              {"incomplete", join(incomplete, " ")},
              {"ms", report.took.count()}});
}

}  // namespace cadastre::kubernetes
