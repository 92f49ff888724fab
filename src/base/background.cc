#include "base/background.h"

#include <sys/resource.h>

namespace cadastre {

void work_in_background() {
  constexpr int kNice = 15;  // a 28th of the weight that 0 has, see sched(7)
  ::setpriority(PRIO_PROCESS, 0, kNice);
}

}  // namespace cadastre
