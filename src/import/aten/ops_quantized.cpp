#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <unordered_set>

#include <openvino/pass/constant_folding.hpp>

#include "import/aten/build.hpp"
#include "import/aten/emitter.hpp"

/// torch's `quantized_decomposed`: integers that stand for (code - zero_point) * scale.
namespace octet::importer::aten {
namespace {

/// The integers of a quantizer, what is known of its scale, and the axis of its channels.
struct Codes {
  std::int64_t lowest, highest;
  ov::element::Type type;
  std::optional<std::int64_t> axis;
  std::optional<double> scale, zero_point;  ///< unset: given as tensors
};

bool is_tensor(const Emitter& emitter, const char* name) {
  const Argument* given = emitter.given(name);
  return given && std::holds_alternative<ValueRef>(*given);
}

Codes codes_of(const Emitter& emitter) {
  Codes codes{emitter.integer("quant_min"), emitter.integer("quant_max"), {}, {}, {}, {}};
  // c10::ScalarType
  const std::int64_t dtype = emitter.integer("dtype");
  if (dtype == 0) codes.type = ov::element::u8;
  if (dtype == 1) codes.type = ov::element::i8;
  constexpr std::int64_t most_codes = 256;
  if (!codes.type.is_static() || codes.highest <= codes.lowest ||
      codes.highest - codes.lowest >= most_codes)
    emitter.unsupported("only integers of 8 bits are converted");
  if (emitter.node().target.find("per_channel.") != std::string::npos) {
    codes.axis = emitter.integer("axis");
    if (emitter.is_none("zero_points")) codes.zero_point = 0;
  } else if (!is_tensor(emitter, "scale")) {
    codes.scale = emitter.number("scale");
    codes.zero_point = emitter.number("zero_point");
  }
  return codes;
}

/// The constant that `value` comes to, where it depends on nothing else.
Tensor folded(const Tensor& value) {
  ov::OutputVector inputs = value.get_node()->input_values();
  if (inputs.empty()) return value;
  for (Tensor& input : inputs) input = folded(input);
  const auto node = value.get_node()->clone_with_new_inputs(inputs);
  ov::OutputVector results(1);
  return node->constant_fold(results, inputs) ? results[0] : Tensor(node);
}

/// Scale and zero point, as one number each or as one a channel.
struct Parameters {
  Tensor scale, zero_point;
};

Parameters parameters(const ov::OutputVector& in, const Codes& codes) {
  const auto number = [](double value) {
    return op::Constant::create(ov::element::f32, {}, {value});
  };
  std::size_t next = 1;
  const Tensor scale =
      codes.scale ? number(*codes.scale) : convert(in.at(next++), ov::element::f32);
  const Tensor zero =
      codes.zero_point ? number(*codes.zero_point) : convert(in.at(next), ov::element::f32);
  return {folded(scale), folded(zero)};
}

/// `values`, which hold one number or one a channel, so that they broadcast over `model`.
Tensor along(const Tensor& values, const Codes& codes, const Tensor& model) {
  const ov::Rank rank = model.get_partial_shape().rank();
  if (!codes.axis) return make<op::Reshape>(values, integers({}), false);
  if (rank.is_dynamic()) throw std::invalid_argument("the rank of its input is not known");
  std::vector<std::int64_t> shape(rank.get_length(), 1);
  shape.at(*codes.axis < 0 ? *codes.axis + rank.get_length() : *codes.axis) = -1;
  return make<op::Reshape>(values, integers(shape), false);
}

/// Real value of `code`.
Tensor value_of(std::int64_t code, const Parameters& given, const Codes& codes,
                const Tensor& model) {
  const auto f32 = ov::element::f32;
  const Tensor number = op::Constant::create(f32, {}, {code});
  const Tensor steps = make<op::Subtract>(number, given.zero_point);
  return folded(along(make<op::Multiply>(steps, given.scale), codes, model));
}

bool is_constant(const Tensor& value) {
  std::vector<const ov::Node*> open{value.get_node()};
  std::unordered_set<const ov::Node*> seen;
  while (!open.empty()) {
    const ov::Node* node = open.back();
    open.pop_back();
    if (!seen.insert(node).second || ov::is_type<op::Constant>(node)) continue;
    if (node->get_input_size() == 0) return false;
    for (const Tensor& input : node->input_values()) open.push_back(input.get_node());
  }
  return true;
}

/// Rounded before it is converted, which would cut off what rounding errors leave below an integer.
Tensor quantized(const Tensor& value, const Parameters& given, const Codes& codes) {
  const auto f32 = ov::element::f32;
  const Tensor real = convert(value, f32);
  const auto half_to_even = op::Round::RoundMode::HALF_TO_EVEN;
  Tensor rounded;
  if (is_constant(value)) {  // which OpenVINO folds of other operations than FakeQuantize only
    const Tensor steps = make<op::Divide>(real, along(given.scale, codes, real));
    const Tensor code =
        make<op::Add>(make<op::Round>(steps, half_to_even), along(given.zero_point, codes, real));
    rounded = make<op::Clamp>(code, codes.lowest, codes.highest);
  } else {
    const auto number = [&](std::int64_t code) { return op::Constant::create(f32, {}, {code}); };
    const Tensor fake = make<op::FakeQuantize>(
        real, value_of(codes.lowest, given, codes, real),
        value_of(codes.highest, given, codes, real), number(codes.lowest), number(codes.highest),
        static_cast<std::size_t>(codes.highest - codes.lowest + 1));
    rounded = make<op::Round>(fake, half_to_even);
  }
  return make<op::Convert>(rounded, codes.type);
}

bool same_constants(const Tensor& a, const Tensor& b) {
  const auto first = ov::as_type_ptr<op::Constant>(a.get_node_shared_ptr());
  const auto second = ov::as_type_ptr<op::Constant>(b.get_node_shared_ptr());
  return first && second && first->get_shape() == second->get_shape() &&
         first->cast_vector<float>() == second->cast_vector<float>();
}

/// One FakeQuantize where `codes_in` was just quantized alike: what every plugin knows best.
std::optional<Tensor> fused(const Tensor& codes_in, const Parameters& given, const Codes& codes) {
  const ov::Node* round = nullptr;
  if (ov::is_type<op::Convert>(codes_in.get_node()))
    round = codes_in.get_node()->get_input_node_ptr(0);
  if (!round || !ov::is_type<op::Round>(round)) return std::nullopt;
  const auto* fake = ov::as_type<const op::FakeQuantize>(round->get_input_node_ptr(0));
  if (!fake) return std::nullopt;
  const Tensor real = fake->input_value(0);
  const Tensor low = value_of(codes.lowest, given, codes, real);
  const Tensor high = value_of(codes.highest, given, codes, real);
  if (!same_constants(low, fake->input_value(1)) || !same_constants(high, fake->input_value(2)))
    return std::nullopt;
  return make<op::FakeQuantize>(real, low, high, low, high, fake->get_levels());
}

Tensor dequantized(const Tensor& value, const Parameters& given, const Codes& codes,
                   ov::element::Type type) {
  const auto f32 = ov::element::f32;
  const bool is_weight = is_constant(value);
  if (!is_weight)
    if (const auto quantizer = fused(value, given, codes)) return convert(*quantizer, type);
  const auto real = std::make_shared<op::Convert>(value, f32);
  // Weights stay integers: folding goes on up to here only (see `release_integers`).
  if (is_weight) ov::pass::disable_constant_folding(real);
  Tensor result = real;
  const Tensor zero = folded(along(given.zero_point, codes, value));
  const auto zeros = ov::as_type_ptr<op::Constant>(zero.get_node_shared_ptr());
  const auto numbers = zeros ? zeros->cast_vector<float>() : std::vector<float>{1};
  if (std::ranges::any_of(numbers, [](float number) { return number != 0; }))
    result = make<op::Subtract>(result, zero);
  result = make<op::Multiply>(result, folded(along(given.scale, codes, value)));
  return convert(result, type);
}

std::vector<ValueId> operands(Emitter& emitter) {
  std::vector<ValueId> operands{emitter.argument("input")};
  for (const char* name : {"scale", "scales", "zero_point", "zero_points"})
    if (is_tensor(emitter, name)) operands.push_back(emitter.argument(name));
  return operands;
}

void quantize(Emitter& emitter) {
  const Codes codes = codes_of(emitter);
  emitter.finish(
      [codes](const ov::OutputVector& in) -> ov::OutputVector {
        return {quantized(in[0], parameters(in, codes), codes)};
      },
      operands(emitter));
}

void dequantize(Emitter& emitter) {
  const Codes codes = codes_of(emitter);
  const ov::element::Type known = emitter.node().outputs.at(0).meta.type;
  const ov::element::Type type = known.is_real() && known.is_static() ? known : ov::element::f32;
  emitter.finish(
      [codes, type](const ov::OutputVector& in) -> ov::OutputVector {
        return {dequantized(in[0], parameters(in, codes), codes, type)};
      },
      operands(emitter));
}

}  // namespace

std::span<const OpRow> quantized_rows() {
  static constexpr std::array rows = {
      OpRow{"quantized_decomposed.quantize_per_tensor", quantize},
      OpRow{"quantized_decomposed.quantize_per_channel", quantize},
      OpRow{"quantized_decomposed.dequantize_per_tensor", dequantize},
      OpRow{"quantized_decomposed.dequantize_per_channel", dequantize},
  };
  return rows;
}

void release_integers(const std::shared_ptr<ov::Model>& model) {
  for (const auto& node : model->get_ordered_ops())
    if (ov::is_type<op::Convert>(node) && ov::is_type<op::Constant>(node->get_input_node_ptr(0)) &&
        node->get_input_element_type(0).bitwidth() == 8)
      ov::pass::enable_constant_folding(node);
}

}  // namespace octet::importer::aten
