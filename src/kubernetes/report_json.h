// What became of a dump, as the ledger keeps it, the command line prints it and the API shows it.
#pragma once

#include "kubernetes/ingest.h"

namespace cadastre::kubernetes {

// {cluster, dump, as_of, complete, milliseconds, kinds: [{resource, kind, outcome, code, message, resources, opened,
// changed, closed}]}
json::object report_json(const DumpReport& report);

// One line of the log: how much there was, and which kinds were not read to their end.
void log_report(const DumpReport& report);

}  // namespace cadastre::kubernetes
