#include "net/event_buffer.h"

namespace cadastre {

std::string event_text(std::string_view event, std::string_view data) {
  std::string text;
  text.reserve(event.size() + data.size() + 24);
  if (!event.empty()) {
    text += "event: ";
    for (char c : event) {
      if (c != '\n' && c != '\r') text += c;
    }
    text += '\n';
  }
  text += "data: ";
  for (size_t i = 0; i < data.size(); ++i) {
    if (data[i] == '\r' && i + 1 < data.size() && data[i + 1] == '\n') continue;
    if (data[i] == '\n' || data[i] == '\r') {
      text += "\ndata: ";
    } else {
      text += data[i];
    }
  }
  text += "\n\n";
  return text;
}

bool EventBuffer::send(std::string_view event, std::string_view data) {
  auto text = event_text(event, data);
  std::function<void()> wake;
  bool taken = true;
  {
    std::lock_guard lock(mutex_);
    if (state_ != State::open) return false;
    if (waiting_.empty()) wake = wake_;
    if (waiting_.size() + text.size() > limit_) {
      state_ = State::too_slow;
      waiting_.clear();
      wake = wake_;
      taken = false;
    } else {
      waiting_ += text;
    }
  }
  if (wake) wake();
  return taken;
}

void EventBuffer::close() {
  std::function<void()> wake;
  {
    std::lock_guard lock(mutex_);
    if (state_ != State::open) return;
    state_ = State::closed;
    wake = wake_;
  }
  if (wake) wake();
}

bool EventBuffer::open() const {
  std::lock_guard lock(mutex_);
  return state_ == State::open;
}

EventBuffer::State EventBuffer::take(std::string& text) {
  std::lock_guard lock(mutex_);
  text.clear();
  text.swap(waiting_);
  return state_;
}

void EventBuffer::client_gone() {
  std::function<void()> unused;  // its captures go after the lock
  std::lock_guard lock(mutex_);
  if (state_ == State::open) state_ = State::closed;
  waiting_.clear();
  unused.swap(wake_);
}

}  // namespace cadastre
