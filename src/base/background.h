// Work that nobody waits for lets everything else go first.
#pragma once

namespace cadastre {

// Of the calling thread and those that it starts from now on: when there is not enough processor time for all, each of
// the other threads gets 28 times as much, for there may be many of these. On an idle machine it changes nothing.
// (setpriority(2): on Linux it is a thread's, not the process's.)
void work_in_background();

}  // namespace cadastre
