#include "auth/password.h"

#include <argon2.h>

#include "auth/secret.h"
#include "base/hash.h"
#include "base/text.h"

namespace cadastre::auth {
namespace {

constexpr size_t kShortest = 12, kLongest = 1024, kSalt = 16, kHash = 32;

// Those of twelve characters and more that head every list of leaked passwords, and what this program's name suggests.
constexpr std::string_view kSilly[] = {
    "123456789012",     "1234567890123",    "12345678901234",   "123456123456",   "123123123123",
    "password1234",     "password12345",    "passwordpassword", "password123456", "adminadminadmin",
    "administrator",    "administrator1",   "qwertyuiop12",     "qwertyuiop123",  "qwertyqwerty",
    "qwerty123456",     "1q2w3e4r5t6y",     "1qaz2wsx3edc",     "letmeinletmein", "iloveyou1234",
    "changemechangeme", "changeme1234",     "welcome12345",     "abcdefghijkl",   "abcd12345678",
    "abc123abc123",     "cadastrecadastre", "cadastre1234",     "cadastreadmin",  "correcthorsebatterystaple"};

size_t characters(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

// One character, or two, over and over.
bool monotonous(std::string_view text) { return std::set<char>(text.begin(), text.end()).size() < 3; }

std::string prefix_of(const HashCost& cost) {
  return fmt::format("$argon2id$v=19$m={},t={},p={}$", cost.memory_kib, cost.passes, cost.lanes);
}

}  // namespace

Result<std::string> hash_password(std::string_view password, const HashCost& cost) {
  auto salt = random_bytes(kSalt);
  std::string text(argon2_encodedlen(cost.passes, cost.memory_kib, cost.lanes, kSalt, kHash, Argon2_id), '\0');
  int code = argon2id_hash_encoded(cost.passes, cost.memory_kib, cost.lanes, password.data(), password.size(),
                                   salt.data(), salt.size(), kHash, text.data(), text.size());
  if (code != ARGON2_OK) {
    return fail(ErrorCode::internal, "the password could not be hashed; is there no memory left?",
                argon2_error_message(code));
  }
  text.resize(text.find('\0'));  // the length asked for counts the terminator
  return text;
}

Result<void> check_password(std::string_view password, std::string_view name) {
  if (characters(password) < kShortest) {
    return fail(ErrorCode::invalid, fmt::format("the password is too short; take {} characters or more", kShortest));
  }
  if (password.size() > kLongest) {
    return fail(ErrorCode::invalid, fmt::format("the password is too long; take at most {} bytes", kLongest));
  }
  auto small = lower(password);
  if (small == lower(name)) return fail(ErrorCode::invalid, "the password is the name; choose another");
  if (monotonous(small) || std::ranges::find(kSilly, std::string_view(small)) != std::end(kSilly)) {
    return fail(ErrorCode::invalid, "the password is one of those that are tried first; choose another");
  }
  return {};
}

std::string generate_password() {
  constexpr std::string_view kAlphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  std::string password;
  while (password.size() < 20) {
    // Bytes beyond the last whole multiple are thrown away, so that every character is as likely as any other.
    for (unsigned char byte : random_bytes(32)) {
      if (byte < 256 / kAlphabet.size() * kAlphabet.size() && password.size() < 20) {
        password += kAlphabet[byte % kAlphabet.size()];
      }
    }
  }
  return password;
}

struct PasswordHasher::Gate {
  const size_t at_once, may_wait;
  Gate(size_t running_at_most, size_t waiting_at_most) : at_once(running_at_most), may_wait(waiting_at_most) {}

  std::mutex mutex;
  std::condition_variable free;
  size_t running = 0, waiting = 0;

  template <typename Work>
  auto run(Work work) -> decltype(work()) {
    {
      std::unique_lock lock(mutex);
      if (running >= at_once) {
        if (waiting >= may_wait) {
          return fail(ErrorCode::throttled, "many people are signing in just now; try again in a second", "1");
        }
        ++waiting;
        free.wait(lock, [&] { return running < at_once; });
        --waiting;
      }
      ++running;
    }
    auto result = work();
    std::lock_guard lock(mutex);
    --running;
    free.notify_one();
    return result;
  }
};

PasswordHasher::PasswordHasher(HashCost cost, size_t at_once, size_t waiting)
    : cost_(cost), nobody_(hash_password(new_secret(), cost).value_or("")), gate_(new Gate(at_once, waiting)) {}

PasswordHasher::~PasswordHasher() = default;

Result<std::string> PasswordHasher::hash(std::string_view password) {
  return gate_->run([&] { return hash_password(password, cost_); });
}

Result<bool> PasswordHasher::verify(std::string_view password, std::string_view stored) {
  if (password.size() > kLongest) password = {};  // longer than any that was accepted
  std::string text(stored.empty() ? std::string_view(nobody_) : stored);
  return gate_->run([&]() -> Result<bool> {
    int code = argon2id_verify(text.c_str(), password.data(), password.size());
    if (code == ARGON2_OK) return !stored.empty();
    if (code == ARGON2_VERIFY_MISMATCH) return false;
    return fail(ErrorCode::internal, "the password could not be checked; is there no memory left?",
                argon2_error_message(code));
  });
}

bool PasswordHasher::outdated(std::string_view stored) const { return !stored.starts_with(prefix_of(cost_)); }

}  // namespace cadastre::auth
