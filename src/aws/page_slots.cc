#include "aws/page_slots.h"

namespace cadastre::aws {
namespace {

constexpr size_t kFirstBlock = 256 * 1024;
constexpr size_t kLargestBlock = 16 << 20;  // what a slot keeps between pages; a page may take more

// The heap, and how much was asked of it.
class CountingHeap final : public json::memory_resource {
 public:
  size_t taken = 0;

 private:
  void* do_allocate(size_t size, size_t align) override {
    taken += size;
    return ::operator new(size, std::align_val_t(align));
  }
  // boost.json 1.81's monotonic_resource gives its blocks back as a few bytes smaller than it asked for.
  void do_deallocate(void* block, size_t, size_t align) override { ::operator delete(block, std::align_val_t(align)); }
  bool do_is_equal(const json::memory_resource& other) const noexcept override { return this == &other; }
};

// The innermost lease whose slot this thread holds.
thread_local PageSlots::Lease* held = nullptr;

}  // namespace

// A block that grows to what the largest page so far has taken, so that later ones find all they need in warm memory.
class PageMemory {
 public:
  json::storage_ptr begin() {
    resource_.emplace(block_.get(), size_, json::storage_ptr(&overflow_));
    return &*resource_;
  }
  void end() {
    resource_.reset();
    if (overflow_.taken == 0) return;
    size_ = std::min(kLargestBlock, size_ + overflow_.taken);
    block_.reset();
    block_ = std::make_unique_for_overwrite<unsigned char[]>(size_);
    overflow_.taken = 0;
  }

 private:
  size_t size_ = kFirstBlock;
  std::unique_ptr<unsigned char[]> block_ = std::make_unique_for_overwrite<unsigned char[]>(size_);
  CountingHeap overflow_;
  std::optional<json::monotonic_resource> resource_;
};

PageSlots::PageSlots(size_t count) : free_(count), count_(count) {}
PageSlots::~PageSlots() = default;

void PageSlots::enter() {
  std::unique_lock lock(mutex_);
  freed_.wait(lock, [&] { return free_ > 0; });
  --free_;
}

void PageSlots::leave() {
  {
    std::lock_guard lock(mutex_);
    ++free_;
  }
  freed_.notify_one();
}

PageSlots::Lease::Lease(PageSlots& slots) : slots_(slots) {}
PageSlots::Lease::~Lease() { give_back(); }

json::storage_ptr PageSlots::Lease::take() {
  give_back();
  counted_ = held == nullptr;
  if (counted_) slots_.enter();
  {
    std::lock_guard lock(slots_.mutex_);
    if (!slots_.idle_.empty()) {
      memory_ = std::move(slots_.idle_.back());
      slots_.idle_.pop_back();
    }
  }
  if (!memory_) memory_ = std::make_unique<PageMemory>();
  outer_ = std::exchange(held, this);
  return memory_->begin();
}

void PageSlots::Lease::give_back() {
  if (!memory_) return;
  held = outer_;
  memory_->end();
  {
    std::lock_guard lock(slots_.mutex_);
    if (slots_.idle_.size() < slots_.count_) slots_.idle_.push_back(std::move(memory_));
  }
  memory_.reset();
  if (counted_) slots_.leave();
}

PageSlots::Pause::Pause() : paused_(std::exchange(held, nullptr)) {
  if (paused_ && paused_->counted_) paused_->slots_.leave();
}

PageSlots::Pause::~Pause() {
  if (paused_ && paused_->counted_) paused_->slots_.enter();
  held = paused_;
}

}  // namespace cadastre::aws
