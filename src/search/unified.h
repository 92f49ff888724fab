// The difference of two texts, line by line, in the unified form of POSIX `diff -u`: three lines of context.
#pragma once

#include <string>
#include <string_view>

namespace cadastre::search {

// "" when they are equal. The least number of changed lines, found as Myers describes ("An O(ND) Difference Algorithm",
// 1986); texts that differ in thousands of lines are shown as replaced from the first to the last difference.
std::string unified_diff(std::string_view before, std::string_view after, std::string_view before_name,
                         std::string_view after_name);

}  // namespace cadastre::search
