#include "auth/secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <stdexcept>

#include "base/hash.h"
#include "base/text.h"

namespace cadastre::auth {
namespace {

constexpr size_t kNonce = 12, kTag = 16;

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* cipher) const { EVP_CIPHER_CTX_free(cipher); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* raw(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// One step of HKDF (RFC 5869) is enough for one key: the store's key is random already.
std::string key_of(std::string_view store_key, std::string_view label) {
  return hmac_sha256(store_key, std::string(label) + '\x01');
}

}  // namespace

std::string new_secret() { return to_base64url(random_bytes(32)); }

std::string hash_of(std::string_view secret) { return to_hex(sha256(secret)); }

bool equal_secrets(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string to_base64url(std::string_view bytes) {
  auto text = to_base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  if (text.find_first_of("+/=") != text.npos) return std::nullopt;
  std::string padded(text);
  std::ranges::replace(padded, '-', '+');
  std::ranges::replace(padded, '_', '/');
  padded.append((4 - padded.size() % 4) % 4, '=');
  auto bytes = from_base64(padded);
  // Two texts that decode to the same bytes would be two names of one thing.
  if (!bytes || to_base64url(*bytes) != text) return std::nullopt;
  return bytes;
}

std::string seal(std::string_view store_key, std::string_view label, std::string_view context, std::string_view text) {
  auto key = key_of(store_key, label);
  auto sealed = random_bytes(kNonce);
  sealed.resize(kNonce + text.size() + kTag);
  Cipher cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  bool done =
      cipher && EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, raw(key), raw(sealed)) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, raw(context), static_cast<int>(context.size())) == 1 &&
      EVP_EncryptUpdate(cipher.get(), raw(sealed) + kNonce, &size, raw(text), static_cast<int>(text.size())) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), raw(sealed) + kNonce + size, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTag, raw(sealed) + kNonce + text.size()) == 1;
  OPENSSL_cleanse(key.data(), key.size());
  if (!done) throw std::runtime_error("AES-256-GCM is not to be had");
  return to_base64url(sealed);
}

Result<std::string> unseal(std::string_view store_key, std::string_view label, std::string_view context,
                           std::string_view sealed) {
  auto bytes = from_base64url(sealed);
  if (!bytes || bytes->size() < kNonce + kTag) return fail(ErrorCode::malformed, "a sealed text was cut short");
  auto key = key_of(store_key, label);
  auto tag = bytes->substr(bytes->size() - kTag);
  std::string text(bytes->size() - kNonce - kTag, '\0');
  auto* body = raw(*bytes) + kNonce;
  Cipher cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  bool done = cipher && EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, raw(key), raw(*bytes)) == 1 &&
              EVP_DecryptUpdate(cipher.get(), nullptr, &size, raw(context), static_cast<int>(context.size())) == 1 &&
              EVP_DecryptUpdate(cipher.get(), raw(text), &size, body, static_cast<int>(text.size())) == 1 &&
              EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTag, raw(tag)) == 1 &&
              EVP_DecryptFinal_ex(cipher.get(), raw(text) + size, &size) == 1;
  OPENSSL_cleanse(key.data(), key.size());
  if (!done) return fail(ErrorCode::malformed, "a sealed text does not open with this store's key");
  return text;
}

}  // namespace cadastre::auth
