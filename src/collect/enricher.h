// Second calls per resource: fragments, each of which may fail on its own without touching what the list has proven.
#pragma once

#include "collect/lister.h"
#include "store/store.h"

namespace cadastre::collect {

// A listed document on its way through enrichment.
struct Enriched {
  json::value document;
  std::optional<json::value> previous;  // as stored, for fragments that are not read this time
  std::string region;                   // where the resource lives: calls go there
  std::vector<bool> wanted;             // which fragments to call, by index in kind.enrich
  std::vector<store::Gap> gaps;         // fragments that failed (resource left 0)
};

class Enricher {
 public:
  // Errors: refused, unsupported, when a fragment's call is not in the models.
  static Result<Enricher> make(const Aws& aws, const catalog::Kind& kind);

  // Calls what is wanted, a few calls at a time, and merges fragments into the documents in the stanza's order.
  void run(const Place& place, std::span<Enriched> batch, std::stop_token stop) const;

  struct Fragment {
    const catalog::Enrichment* spec;
    std::vector<std::string> members;  // the document's members that are this fragment's
  };
  const std::vector<Fragment>& fragments() const { return fragments_; }

 private:
  explicit Enricher(const Aws& aws, const catalog::Kind& kind) : aws_(&aws), kind_(&kind) {}
  struct Answer {
    enum class Kind { not_asked, value, none, failed } kind = Kind::not_asked;
    json::value value;
    std::string code, message;
  };
  void call_one(const Place& place, const Fragment& fragment, const Enriched& item, Answer& answer,
                std::stop_token stop) const;
  void call_batch(const Place& place, const Fragment& fragment, std::span<Enriched* const> items,
                  std::span<Answer* const> answers, std::stop_token stop) const;
  void merge(const Fragment& fragment, Enriched& item, Answer& answer) const;

  const Aws* aws_;
  const catalog::Kind* kind_;
  std::vector<Fragment> fragments_;
};

}  // namespace cadastre::collect
