// Texts, words and networks of a segment: the rows that a word of a query finds, and how near each is. The answers are
// those of query::nearness(). Stateless, thread-safe.
#pragma once

#include "index/ranked.h"
#include "index/segment.h"
#include "query/expression.h"

namespace cadastre::index {

// Adds the rows that one value of a word term finds.
void find_word(const Segment& segment, const query::Value& value, Found& found);
// Adds the rows that have a network in the one asked for, or around it (as ip: means it).
void find_networks(const Segment& segment, const Network& wanted, Bits& rows);
// Adds the rows that have the target of a DNS name: exactly this text or address, or this full id.
void find_target(const Segment& segment, const std::string& target, Bits& rows);
// Adds the rows of the texts that a pattern (folded, anchored at both ends) matches and `accept` wants.
// `rows_of` says which rows a text stands for.
void find_pattern(const Segment& segment, std::string_view pattern, const std::function<void(uint32_t text)>& visit);

// The longest run without `*` and `?` in a pattern.
std::string_view longest_literal(std::string_view pattern);

}  // namespace cadastre::index
