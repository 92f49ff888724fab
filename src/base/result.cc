#include "base/result.h"

namespace cadastre {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid:
      return "invalid";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::gone:
      return "gone";
    case ErrorCode::io:
      return "io";
    case ErrorCode::full:
      return "full";
    case ErrorCode::network:
      return "network";
    case ErrorCode::timeout:
      return "timeout";
    case ErrorCode::cancelled:
      return "cancelled";
    case ErrorCode::denied:
      return "denied";
    case ErrorCode::throttled:
      return "throttled";
    case ErrorCode::expired:
      return "expired";
    case ErrorCode::region_off:
      return "region_off";
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::malformed:
      return "malformed";
    case ErrorCode::refused:
      return "refused";
    case ErrorCode::failed:
      return "failed";
    case ErrorCode::internal:
      return "internal";
  }
  return "internal";
}

}  // namespace cadastre
