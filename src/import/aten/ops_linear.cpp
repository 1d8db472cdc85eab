#include <algorithm>
#include <array>

#include "import/aten/build.hpp"
#include "import/aten/emitter.hpp"

/// Products, distances, layers.
namespace octet::importer::aten {
namespace {

void einsum(Emitter& emitter) {
  std::string equation = emitter.text("equation");
  std::erase(equation, ' ');
  const auto* tensors = std::get_if<std::vector<ValueRef>>(emitter.given("tensors"));
  if (!tensors) emitter.unsupported("its tensors are no list");
  // Without an arrow, torch sums over letters that occur twice and sorts the others.
  if (equation.find("->") == std::string::npos) {
    std::string result;
    for (char letter = 'A'; letter <= 'z'; ++letter)
      if (std::ranges::count(equation, letter) == 1) result += letter;
    equation += "->" + result;
  }
  std::vector<ValueId> inputs;
  for (const ValueRef& tensor : *tensors) inputs.push_back(emitter.tensor(tensor));
  emitter.finish(
      [equation](const ov::OutputVector& in) -> ov::OutputVector {
        return {std::make_shared<op::Einsum>(in, equation)};
      },
      std::move(inputs));
}

/// A convolution of one sample without a batch axis.
void convolution(Emitter& emitter) {
  const ov::Rank input = emitter.meta("input").shape.rank(),
                 weight = emitter.meta("weight").shape.rank();
  if (input.is_dynamic() || weight.is_dynamic() || input.get_length() == weight.get_length())
    return lower_by_schema(emitter);
  std::vector<ValueId> arguments = emitter.arguments();
  const ValueId zero = emitter.constant(std::int64_t{0});
  arguments[0] = emitter.emit("aten::unsqueeze", {arguments[0], zero});
  const std::string& target = emitter.node().target;
  const ValueId batch =
      emitter.emit("aten::" + target.substr(5, target.rfind('.') - 5), std::move(arguments));
  emitter.finish("aten::squeeze", {batch, zero});
}

/// x1 . x2 / (max(|x1|, eps) max(|x2|, eps)); inputs: x1, x2, dim, eps
ov::OutputVector cosine_similarity(const ov::OutputVector& in) {
  const auto sum = [&](const Tensor& x) { return make<op::ReduceSum>(x, in[2], false); };
  const Tensor eps = make<op::ConvertLike>(in[3], in[0]);
  const auto length = [&](const Tensor& x) {
    return make<op::Maximum>(make<op::Sqrt>(sum(make<op::Multiply>(x, x))), eps);
  };
  const Tensor product = sum(make<op::Multiply>(in[0], in[1]));
  return {make<op::Divide>(product, make<op::Multiply>(length(in[0]), length(in[1])))};
}

/// x y, of matrices. Where y is another's transpose, as the weight of a linear layer is after torch
/// has taken the layer apart, the product reads that other one: to fold the transpose would copy
/// it.
Tensor matrix_product(const Tensor& x, const Tensor& y) {
  if (const auto transpose = ov::as_type_ptr<op::Transpose>(y.get_node_shared_ptr())) {
    const auto order = ov::as_type_ptr<op::Constant>(transpose->get_input_node_shared_ptr(1));
    if (order && order->cast_vector<std::int64_t>() == std::vector<std::int64_t>{1, 0})
      return make<op::MatMul>(x, transpose->input_value(0), false, true);
  }
  return make<op::MatMul>(x, y, false, false);
}

ov::OutputVector mm(const ov::OutputVector& in) {
  return {matrix_product(in[0], in[1])};
}

/// beta self + alpha mat1 mat2; inputs: self, mat1, mat2, beta, alpha. With beta 0, self counts for
/// nothing, not even its NaN.
ov::OutputVector addmm(const ov::OutputVector& in) {
  const auto scaled = [](const Tensor& value, const Tensor& factor) {
    const auto known = ov::as_type_ptr<op::Constant>(factor.get_node_shared_ptr());
    if (known && known->cast_vector<double>().front() == 1) return value;
    return make<op::Multiply>(value, make<op::ConvertLike>(factor, value));
  };
  const Tensor product = scaled(matrix_product(in[1], in[2]), in[4]);
  const auto beta = ov::as_type_ptr<op::Constant>(in[3].get_node_shared_ptr());
  if (beta && beta->cast_vector<double>().front() == 0) return {product};
  return {make<op::Add>(product, scaled(in[0], in[3]))};
}

/// Nearest, with the sample in the middle of each cell.
void nearest_exact(Emitter& emitter) {
  const bool has_size = emitter.given("output_size") && !emitter.is_none("output_size");
  const char* scales = emitter.schema()->index_of("scale_factors") ? "scale_factors" : nullptr;
  if (!has_size && !scales) emitter.unsupported("neither a size nor a scale is given");
  const char* input = emitter.schema()->arguments.front().name == "input" ? "input" : "self";
  const ov::Rank rank = emitter.meta(input).shape.rank();
  if (rank.is_dynamic()) emitter.unsupported("the rank of its input is not known");
  std::vector<std::int64_t> axes;
  for (std::int64_t axis = 2; axis < rank.get_length(); ++axis) axes.push_back(axis);
  emitter.finish(
      [=](const ov::OutputVector& in) -> ov::OutputVector {
        using Interpolate = op::Interpolate;
        Interpolate::InterpolateAttrs attributes;
        attributes.mode = Interpolate::InterpolateMode::NEAREST;
        attributes.shape_calculation_mode =
            has_size ? Interpolate::ShapeCalcMode::SIZES : Interpolate::ShapeCalcMode::SCALES;
        attributes.coordinate_transformation_mode =
            Interpolate::CoordinateTransformMode::HALF_PIXEL;
        attributes.nearest_mode = Interpolate::NearestMode::ROUND_PREFER_CEIL;
        return {std::make_shared<Interpolate>(in[0], in[1], integers(axes), attributes)};
      },
      {emitter.argument(input), emitter.argument(has_size ? "output_size" : scales)});
}

}  // namespace

std::span<const OpRow> linear_rows() {
  static constexpr std::array rows = {
      OpRow{.target = "aten._upsample_nearest_exact1d", .rule = nearest_exact},
      OpRow{.target = "aten._upsample_nearest_exact2d", .rule = nearest_exact},
      OpRow{.target = "aten._upsample_nearest_exact3d", .rule = nearest_exact},
      OpRow{.target = "aten.addmm", .formula = addmm, .arguments = "self mat1 mat2 beta alpha"},
      OpRow{.target = "aten.conv1d", .rule = convolution},
      OpRow{.target = "aten.conv2d", .rule = convolution},
      OpRow{.target = "aten.conv3d", .rule = convolution},
      OpRow{.target = "aten.conv_transpose1d", .rule = convolution},
      OpRow{.target = "aten.conv_transpose2d", .rule = convolution},
      OpRow{.target = "aten.conv_transpose3d", .rule = convolution},
      OpRow{.target = "aten.cosine_similarity",
            .formula = cosine_similarity,
            .arguments = "x1 x2 dim eps"},
      OpRow{.target = "aten.einsum", .rule = einsum},
      OpRow{.target = "aten.mm", .formula = mm, .arguments = "self mat2"},
      OpRow{.target = "aten.vdot", .same_as = "aten::dot", .arguments = "self other"},
  };
  return rows;
}

}  // namespace octet::importer::aten
