#pragma once

#include <cmath>
#include <cstdio>
#include <string>

namespace octet::report {

/// `value` with `digits` after the point; "inf" or "nan" as C prints them.
inline std::string number(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

/// About three significant digits: 0.0123, 1.23, 12.3, 123.
inline std::string short_number(double value) {
  const double size = std::abs(value);
  if (size == 0) return "0";
  return number(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.995 ? 2 : 4);
}

}  // namespace octet::report
