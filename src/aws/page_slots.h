// Room for pages: at most so many answers are parsed and worked on at once, however many threads wait for AWS. A page
// takes several times its bytes while it is in hand, so this bounds memory; and more of them at once than there are
// processors would gain nothing. A slot's memory serves page after page. Thread-safe.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "base/json.h"

namespace cadastre::aws {

class PageSlots {
 public:
  explicit PageSlots(size_t count);
  ~PageSlots();

  // One thread's hold on a slot. A thread that already has one gets another without waiting, so it cannot wait for
  // itself.
  class Lease {
   public:
    explicit Lease(PageSlots& slots);
    Lease(const Lease&) = delete;
    ~Lease();

    // Waits for a free slot. What is allocated from its storage lives until give_back().
    json::storage_ptr take();
    void give_back();

   private:
    friend class PageSlots;
    PageSlots& slots_;
    std::unique_ptr<class PageMemory> memory_;  // set while the slot is held
    Lease* outer_ = nullptr;
    bool counted_ = false;
  };

  // While whoever works on a page waits for other calls, the slot that its thread holds is lent to others; the page
  // stays. All slots might otherwise be held by threads whose calls wait for one.
  class Pause {
   public:
    Pause();
    Pause(const Pause&) = delete;
    ~Pause();

   private:
    Lease* paused_;
  };

 private:
  void enter();
  void leave();

  std::mutex mutex_;
  std::condition_variable freed_;
  size_t free_;
  std::vector<std::unique_ptr<PageMemory>> idle_;
  const size_t count_;
};

}  // namespace cadastre::aws
