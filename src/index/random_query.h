// Queries at random, over the words, names and values of an estate; for tests. Header-only.
#pragma once

#include "query/evaluate.h"
#include "support/random_estate.h"

namespace cadastre::testing {

class RandomQuery {
 public:
  RandomQuery(RandomEstate& random, const std::vector<query::Subject>& subjects)
      : random_(random), subjects_(subjects) {}

  std::string make(int depth = 0) {
    auto dice = random_.below(10);
    if (depth < 3 && dice < 2) return "(" + make(depth + 1) + " OR " + make(depth + 1) + ")";
    if (depth < 3 && dice < 4) return make(depth + 1) + " " + make(depth + 1);
    if (depth < 3 && dice < 5) return "-" + (random_.chance(0.5) ? term() : "(" + make(depth + 1) + ")");
    return term();
  }

  std::string some_text() {
    const auto& subject = random_.pick(subjects_);
    return random_.pick(subject.texts);
  }
  std::string piece() {
    auto text = some_text();
    if (random_.chance(0.15)) return text;
    auto begin = random_.below(text.size()), length = 1 + random_.below(std::min<size_t>(text.size() - begin, 12));
    return text.substr(begin, length);
  }

 private:
  static std::string quoted(const std::string& text) {
    return "\"" + replace_all(replace_all(text, "\\", "\\\\"), "\"", "\\\"") + "\"";
  }
  // As somebody would type it: in quotes when it would mean something else.
  std::string written(std::string text, const char* special = " \t\r\n()\",") {
    if (text.empty() || text.find_first_of(special) != text.npos || text[0] == '-' || random_.chance(0.05))
      return quoted(text);
    if (random_.chance(0.1))
      text = replace_all(text, text.substr(random_.below(text.size()), 1), random_.chance(0.7) ? "*" : "?");
    if (random_.chance(0.1)) {
      for (auto& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    }
    return text;
  }
  std::string word() {
    auto text = written(piece());
    bool key = text.find_first_of(":<>") != text.npos || text == "OR" || text == "AND" || text == "NOT";
    return key && text[0] != '"' ? quoted(text) : text;
  }
  std::string value(const std::string& text) {
    if (random_.chance(0.15) && text.size() > 2)
      return written(text.substr(0, 1 + random_.below(text.size() - 1))) + "*";
    return written(text);
  }

  std::string term() {
    const auto& subject = random_.pick(subjects_);
    switch (random_.below(26)) {
      case 0:
        return "kind:" + (random_.chance(0.3)
                              ? "*." + std::string(split(subject.kind_name, '.').back())
                              : subject.kind_name.substr(subject.kind_name.starts_with("aws.") ? 4 : 0));
      case 1:
        return "service:" + std::string(split(subject.kind_name, '.')[1]);
      case 2:
        return "account:" +
               (random_.chance(0.5) || subject.account_name.empty() ? subject.account : subject.account_name);
      case 3:
        return random_.chance(0.5) ? "group.client:acme" : "group:*a*";
      case 4:
        return "region:" + value(subject.region);
      case 5:
        return "name:" + value(subject.name);
      case 6:
        return "id:" + value(random_.chance(0.7) ? subject.native : subject.id);
      case 7:
        return "arn:" + quote_or_glob(subject.arn);
      case 8:
        return "state:" + value(subject.state);
      case 9:
        return "owner:" + value(subject.owner);
      case 10: {
        if (subject.tags.empty()) return "-tag.Name:*";
        const auto& [key, text] = random_.pick(subject.tags);
        if (random_.chance(0.2)) return "tag." + key + ":*";
        if (random_.chance(0.1)) return "tag." + key + ">1";
        return "tag." + key + ":" + value(text);
      }
      case 11:
      case 12:
        return "ip:" + address();
      case 13:
        return "dns:" + value(some_text());
      case 14:
        return random_.chance(0.7)
                   ? std::string("is:") + random_.pick(std::vector<std::string>{"stale", "new", "changed", "deleted"})
                   : "changed<" + std::to_string(1 + random_.below(50)) + "h";
      case 15:
        return (random_.chance(0.5) ? "age>" : "created<=") + std::to_string(random_.below(900)) + "d";
      case 16:
        return "links:" + link(subject);
      case 17:
        return random_.pick(std::vector<std::string>{"data.State.Name:running", "data.Size>=500",
                                                     "data.EbsOptimized:true", "data.Iops:*", "data.VolumeType:gp*",
                                                     "data.SecurityGroups.GroupName:*default", "data.Size:100..600"});
      case 18:
        return random_.chance(0.5) ? "size>=" + std::to_string(random_.below(2000)) : "size<0.5TiB";
      case 19:
        return address();
      case 20:
        return "cluster:" + value(subject.cluster);
      case 21:
        return "namespace:" + value(subject.space);
      default:
        return word();
    }
  }

  std::string quote_or_glob(const std::string& arn) {
    if (arn.empty()) return "*";
    if (random_.chance(0.4)) return quoted(arn);
    auto begin = random_.chance(0.5) ? 0 : random_.below(arn.size());
    return quoted_or(begin == 0 ? "" : "*", arn.substr(begin, 1 + random_.below(arn.size() - begin)));
  }
  std::string quoted_or(const char* lead, const std::string& text) {
    if (text.find_first_of(" ,()\"") != text.npos) return quoted(text);
    return lead + text + "*";
  }
  std::string address() {
    auto dice = random_.below(6);
    if (dice == 0) return random_.network(16);
    if (dice == 1) return "10." + std::to_string(random_.below(4));
    if (dice == 2) return random_.network(24);
    if (dice == 3) return random_.chance(0.5) ? "0.0.0.0/0" : "2001:db8::/32";
    return random_.private_address();
  }
  std::string link(const query::Subject& subject) {
    auto links = catalog::links_of(*subject.kind, *subject.document);
    if (links.empty()) return "vpc-*";
    auto target = random_.pick(links).second;
    if (random_.chance(0.3) && target.find('/') != target.npos) target = target.substr(target.rfind('/') + 1);
    return value(target);
  }

  RandomEstate& random_;
  const std::vector<query::Subject>& subjects_;
};

}  // namespace cadastre::testing
