#include "statistics/observer.hpp"

#include <chrono>

namespace octet::statistics {

std::unique_ptr<LogHistogram> SharedDistribution::take() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::make_unique<LogHistogram>();
  auto histogram = std::move(idle_.back());
  idle_.pop_back();
  return histogram;
}

void SharedDistribution::give_back(std::unique_ptr<LogHistogram> histogram) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(histogram));
}

LogHistogram SharedDistribution::total() const {
  LogHistogram all;
  for (const auto& part : idle_) all.add(*part);
  return all;
}

Observer::Observer(const ov::Output<ov::Node>& tensor, std::int64_t id, Measures measures,
                   std::shared_ptr<SharedDistribution> distribution, std::shared_ptr<Spent> spent)
    : Op({tensor}),
      id_(id),
      measures_(std::move(measures)),
      distribution_(std::move(distribution)),
      spent_(std::move(spent)) {
  constructor_validate_and_infer_types();
}

void Observer::validate_and_infer_types() {
  const ov::PartialShape& shape = get_input_partial_shape(0);
  ov::Dimension size = ov::Dimension::dynamic();
  // The first axis decides how many samples there are, the channel axis how long a record is.
  const bool is_known = shape.rank().is_static() &&
                        (!measures_.batch || shape.size() == 0 || shape[0].is_static()) &&
                        (!measures_.axis || shape[*measures_.axis].is_static());
  if (is_known) {
    ov::Shape known;
    for (const ov::Dimension& dimension : shape)
      known.push_back(dimension.is_static() ? static_cast<std::size_t>(dimension.get_length()) : 1);
    size = static_cast<ov::Dimension::value_type>(record_size(measures_, known) * sizeof(double));
  }
  set_output_type(0, ov::element::u8, ov::PartialShape{size});
}

bool Observer::visit_attributes(ov::AttributeVisitor& visitor) {
  visitor.on_attribute("id", id_);
  return true;
}

std::shared_ptr<ov::Node> Observer::clone_with_new_inputs(const ov::OutputVector& inputs) const {
  check_new_args_count(this, inputs);
  return std::make_shared<Observer>(inputs[0], id_, measures_, distribution_, spent_);
}

bool Observer::evaluate(ov::TensorVector& outputs, const ov::TensorVector& inputs) const {
  const auto begin = std::chrono::steady_clock::now();
  outputs[0].set_shape({record_size(measures_, inputs[0].get_shape()) * sizeof(double)});
  auto histogram = distribution_ ? distribution_->take() : nullptr;
  measure(measures_, inputs[0], reinterpret_cast<double*>(outputs[0].data()), histogram.get());
  if (histogram) distribution_->give_back(std::move(histogram));
  spent_->fetch_add(std::chrono::nanoseconds(std::chrono::steady_clock::now() - begin).count(),
                    std::memory_order_relaxed);
  return true;
}

}  // namespace octet::statistics
