#include "search/held_out.hpp"

#include <algorithm>

#include "core/tensor_values.hpp"

namespace octet::search {
namespace {

constexpr std::size_t one_in = 4, most_samples = 32;

}  // namespace

HeldOut::HeldOut(Dataset& data, const Model& model, std::size_t limit)
    : data_(data), model_(model), limit_(limit) {
  const std::size_t items = std::min(data.size().value_or(limit), limit);
  if (items < 2) return;
  most_ =
      std::clamp<std::size_t>(items / one_in, 1, statistics::items_for(*model.graph, most_samples));
  step_ = items / most_;
}

std::optional<Sample> HeldOut::next() {
  while (index_ < limit_) {
    const std::size_t index = index_++;
    // The first of every few: whoever stops after `limit` items has passed all that are held back.
    const bool is_held =
        step_ != 0 && index % step_ == 0 && items_.size() < most_ && samples_ < most_samples;
    if (!is_held) return data_.next();
    const auto bound = statistics::next_sample(data_, *model_.graph, index);
    if (!bound) return std::nullopt;
    samples_ += statistics::open_batch(*model_.graph, *bound).value_or(1);
    items_.emplace_back();
    // The source may use the memory again.
    for (const ov::Tensor& input : bound->inputs) items_.back().push_back(core::copy_of(input));
  }
  return std::nullopt;
}

std::optional<std::size_t> HeldOut::size() const {
  const auto size = data_.size();
  if (!size) return size;
  const std::size_t items = std::min(*size, limit_);
  return items - std::min(items, most_);
}

}  // namespace octet::search
