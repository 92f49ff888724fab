#include "kubernetes/kind_run.h"

#include "base/text.h"
#include "collect/epoch.h"
#include "kubernetes/object.h"

namespace cadastre::kubernetes {

using store::Outcome;

KindRun::KindRun(const catalog::Kind& kind, const Cluster& cluster, store::Store& store, AsOf& as_of)
    : kind_(kind), cluster_(cluster), store_(store), as_of_(as_of) {
  report.resource = kind.resource;
  report.kind = kind.name;
}

Result<bool> KindRun::begin(bool closes) {
  TRY_ASSIGN(cell_, store_.cells().open({cluster_.account, cluster_.name, kind_.name}));
  // What a newer dump wrote counts, whether it came to its end or not. The same dump again is read again, unless it has
  // done all it can: it may have been broken off.
  auto known = std::max(cell_.attempted, cell_.written);
  bool again = as_of_.now() == cell_.attempted && (!closes || proves_absence(cell_.outcome));
  if (known && (as_of_.now() < *known || again)) {
    report.outcome = Outcome::partial;
    report.code = "older";
    report.message = fmt::format("left: what is known of it is as of {}, and this is not newer", format_time(*known));
    return false;
  }
  TRY_ASSIGN(auto key, store_.redaction_key());
  auto spec = collect::epoch_spec(kind_);
  TRY_ASSIGN(auto epoch, store_.inventory().epoch(kind_.name, spec));
  form_.emplace(&kind_, collect::Canonical(kind_, std::move(key)), std::move(spec), epoch);
  known_.emplace(*form_, store_, cell_, catalog::Context{cluster_.account, cluster_.region, {}}, as_of_);
  TRY(known_->begin());
  return true;
}

Result<void> KindRun::item(std::string_view text, const Envelope& envelope) {
  ++items_;
  auto hash = hash128(text);
  // Nothing enriches an object, so the text as it came tells what is unchanged. A resource of which only volatile
  // members moved keeps the hash of its former text, and is parsed until it changes: storing the new hash would be a
  // write for every heartbeat.
  if (known_->unchanged(hash)) return {};
  return read(text, envelope, hash);
}

Result<void> KindRun::read(std::string_view text, const Envelope& envelope, const Hash128& text_hash) {
  json::monotonic_resource storage;
  auto unreadable = [&](std::string why) {
    if (unreadable_++ == 0) first_unreadable_ = std::move(why);
    return Result<void>();
  };
  auto document = read_object(text, envelope, &storage);
  if (!document) return unreadable(std::move(document).error().message);
  auto resource =
      resource_of(member_text(document->get_object(), "kind"), member_text(document->get_object(), "apiVersion"));
  if (resource != kind_.resource)
    return unreadable(fmt::format("an item is one of '{}', not of '{}'", printable(resource), kind_.resource));
  catalog::Scope scope;
  scope.document = &*document;
  auto native = kind_.id.whole_text(scope);
  if (native.empty()) return unreadable(fmt::format("an item carries no '{}'", kind_.id.source()));
  form_->canonical.normalize(*document);
  auto hash = form_->canonical.hash(*document, text_);
  auto seen = known_->see(native, *document, text_hash);
  if (!seen) return {};
  // Only what is volatile moved.
  if (seen->entry && seen->entry->document_hash == hash && seen->entry->epoch == form_->epoch) return {};
  return known_->keep(seen->entry, std::move(native), *document, text_hash, hash, text_);
}

Result<void> KindRun::finish(std::string code, std::string complaint) {
  if (complaint.empty() && unreadable_ > 0) {
    code = "malformed";
    complaint = fmt::format("{} of {} items cannot be read, so nothing is closed; the first: {}", unreadable_, items_,
                            first_unreadable_);
  }
  if (complaint.empty()) return end(Outcome::complete, {}, {});
  return end(items_ > unreadable_ ? Outcome::partial : Outcome::failed, std::move(code), std::move(complaint));
}

Result<void> KindRun::refuse(Outcome outcome, std::string code, std::string message) {
  return end(outcome, std::move(code), std::move(message));
}

Result<void> KindRun::end(Outcome outcome, std::string code, std::string message) {
  store::Finish finish;
  finish.outcome = outcome;
  finish.code = std::move(code);
  finish.message = std::move(message);
  TRY(known_->finish(std::move(finish)));
  report.outcome = known_->report.outcome;
  report.code = known_->report.code;
  report.message = known_->report.message;
  report.listed = known_->report.listed;
  report.opened = known_->report.opened;
  report.changed = known_->report.changed;
  report.closed = known_->report.closed;
  return {};
}

}  // namespace cadastre::kubernetes
