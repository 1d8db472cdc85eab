#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "statistics/state.hpp"

namespace octet::statistics {

/// A sum of finite doubles in fixed point, so that neither order nor grouping matters: each value
/// is rounded once, to a multiple of 2^-64 (5e-20), and whole numbers are added. Values of 2^40 and
/// more go to bands of their own, whose unit is 2^40 times that of the band before. There is room
/// for 2^23 values.
class ExactSum {
 public:
  void add(double value) {
    if (std::abs(value) < band_width) {
      first_ += fixed(value);
      return;
    }
    std::size_t band = 0;
    for (; std::abs(value) >= band_width; ++band) value /= band_width;
    if (beyond_.size() < band) beyond_.resize(band);
    beyond_[band - 1] += fixed(value);
  }
  void add(const ExactSum& other) {
    first_ += other.first_;
    if (beyond_.size() < other.beyond_.size()) beyond_.resize(other.beyond_.size());
    for (std::size_t i = 0; i < other.beyond_.size(); ++i) beyond_[i] += other.beyond_[i];
  }

  /// The number of bands, then two words a band, low and high: appended to `words`.
  void write(std::vector<std::uint64_t>& words) const {
    words.push_back(1 + beyond_.size());
    const auto add_word = [&](Fixed band) {
      words.push_back(static_cast<std::uint64_t>(band));
      words.push_back(static_cast<std::uint64_t>(band >> 64));
    };
    add_word(first_);
    for (const Fixed band : beyond_) add_word(band);
  }
  /// Reads what `write` wrote from `words[place]` on, and moves `place` behind it.
  static ExactSum read(const std::vector<std::uint64_t>& words, std::size_t& place) {
    require(place < words.size(), "a sum is missing");
    const std::uint64_t bands = words[place++];
    require(bands >= 1 && bands <= most_bands && words.size() - place >= 2 * bands,
            "a sum is cut off");
    const auto next = [&] {
      const std::uint64_t low = words[place], high = words[place + 1];
      place += 2;
      return static_cast<Fixed>((static_cast<Unsigned>(high) << 64) | low);
    };
    ExactSum sum;
    sum.first_ = next();
    for (std::uint64_t i = 1; i < bands; ++i) sum.beyond_.push_back(next());
    return sum;
  }

  double value() const {
    double sum = 0;
    for (std::size_t i = beyond_.size(); i-- > 0;)
      sum += std::ldexp(static_cast<double>(beyond_[i]),
                        band_bits * static_cast<int>(i + 1) - fraction_bits);
    return sum + std::ldexp(static_cast<double>(first_), -fraction_bits);
  }

 private:
  __extension__ using Fixed = __int128;
  __extension__ using Unsigned = unsigned __int128;
  static constexpr std::uint64_t most_bands = 27;  // 2^1024 is beyond the 26th
  static constexpr int fraction_bits = 64, band_bits = 40;
  static constexpr double band_width = 0x1p40;

  static Fixed fixed(double value) {
    const double magnitude = std::abs(value), whole = std::floor(magnitude);
    const Fixed number = (static_cast<Fixed>(static_cast<std::uint64_t>(whole)) << fraction_bits) +
                         static_cast<std::uint64_t>((magnitude - whole) * 0x1p64);
    return value < 0 ? -number : number;
  }

  Fixed first_ = 0;
  std::vector<Fixed> beyond_;
};

}  // namespace octet::statistics
