#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "import/aten/build.hpp"
#include "import/aten/emitter.hpp"
#include "import/aten/fx_converters.hpp"

/// Formulas of single elements that the frontend has no conversion for.
namespace octet::importer::aten {
namespace {

using Inputs = ov::OutputVector;

Tensor absolute(const Tensor& x) {
  return make<op::Abs>(x);
}
Tensor zero_like(const Tensor& x) {
  return number_like(0, x);
}
Tensor is_negative(const Tensor& x) {
  return make<op::Less>(x, zero_like(x));
}
Tensor truncate(const Tensor& x) {
  if (!x.get_element_type().is_real()) return x;
  return make<op::Select>(is_negative(x), make<op::Ceiling>(x), make<op::Floor>(x));
}
/// A literal argument in the tensor's type.
Tensor as(const Tensor& literal, const Tensor& x) {
  return make<op::ConvertLike>(literal, x);
}

/// Integers, booleans too, become f32 as in torch.
Tensor real(const Tensor& x) {
  return x.get_element_type().is_integral() ? convert(x, ov::element::f32) : x;
}

Inputs hard_shrink(const Inputs& in) {
  const auto inside = make<op::LessEqual>(absolute(in[0]), as(in[1], in[0]));
  return {make<op::Select>(inside, zero_like(in[0]), in[0])};
}

Inputs soft_shrink(const Inputs& in) {
  const auto less = make<op::Subtract>(absolute(in[0]), as(in[1], in[0]));
  return {make<op::Multiply>(make<op::Sign>(in[0]), make<op::Relu>(less))};
}

Inputs threshold(const Inputs& in) {
  const auto above = make<op::Greater>(in[0], as(in[1], in[0]));
  return {make<op::Select>(above, in[0], as(in[2], in[0]))};
}

/// self + value * tensor1 / tensor2
Inputs add_quotient(const Inputs& in) {
  const auto quotient = make<op::Divide>(in[1], in[2]);
  return {make<op::Add>(in[0], make<op::Multiply>(as(in[3], in[0]), quotient))};
}

/// Unlike `maximum`, NaN loses against any number.
template <class Op>
Inputs ignoring_nan(const Inputs& in) {
  const auto pick = [](const Tensor& a, const Tensor& b) {
    return make<op::Select>(make<op::IsNaN>(a), b, a);
  };
  return {make<Op>(pick(in[0], in[1]), pick(in[1], in[0]))};
}

Inputs hypotenuse(const Inputs& in) {
  const auto square = [](const Tensor& x) { return make<op::Multiply>(x, x); };
  return {make<op::Sqrt>(make<op::Add>(square(in[0]), square(in[1])))};
}

Inputs copy_sign(const Inputs& in) {
  const Tensor size = absolute(real(in[0]));
  const Tensor sign = as(in[1], size);
  return {make<op::Select>(is_negative(sign), make<op::Negative>(size), size)};
}

template <double (*factor)()>
Inputs scaled(const Inputs& in) {
  const Tensor x = real(in[0]);
  return {make<op::Multiply>(x, number_like(factor(), x))};
}

double radians() {
  return std::numbers::pi / 180;
}
double degrees() {
  return 180 / std::numbers::pi;
}

Inputs power_of_two(const Inputs& in) {
  const Tensor x = real(in[0]);
  return {make<op::Power>(number_like(2, x), x)};
}

Inputs fraction(const Inputs& in) {
  return {make<op::Subtract>(in[0], truncate(in[0]))};
}
Inputs whole(const Inputs& in) {
  return {truncate(in[0])};
}
Inputs sign(const Inputs& in) {
  return {make<op::Sign>(in[0])};
}
Inputs sign_bit(const Inputs& in) {
  return {is_negative(in[0])};
}

Inputs logit(const Inputs& in) {
  Tensor x = real(in[0]);
  if (in[1].get_node()) {
    const Tensor low = as(in[1], x);
    x = make<op::Minimum>(make<op::Maximum>(x, low), make<op::Subtract>(number_like(1, x), low));
  }
  return {make<op::Log>(make<op::Divide>(x, make<op::Subtract>(number_like(1, x), x)))};
}

/// sin(pi x) / (pi x)
Inputs sinc(const Inputs& in) {
  const Tensor x = real(in[0]), angle = make<op::Multiply>(x, number_like(std::numbers::pi, x));
  const Tensor is_zero = make<op::Equal>(angle, zero_like(x)), one = number_like(1, x);
  const Tensor safe = make<op::Select>(is_zero, one, angle);
  return {make<op::Select>(is_zero, one, make<op::Divide>(make<op::Sin>(safe), safe))};
}

/// x log(y), and 0 where x is 0.
Inputs x_log_y(const Inputs& in) {
  const Tensor x = real(in[0]), y = as(in[1], x), is_zero = make<op::Equal>(x, zero_like(x));
  const Tensor safe = make<op::Select>(is_zero, number_like(1, x), y);
  return {make<op::Multiply>(x, make<op::Log>(safe))};
}

Inputs step(const Inputs& in) {
  const Tensor x = in[0], one = number_like(1, x);
  const Tensor outside = make<op::Select>(is_negative(x), zero_like(x), one);
  return {make<op::Select>(make<op::Equal>(x, zero_like(x)), as(in[1], x), outside)};
}

/// Sums with a factor: a factor of 1 is left out, or the frontend multiplies by it.
void scaled_sum(Emitter& emitter) {
  std::vector<ValueId> arguments = emitter.arguments();
  const auto alpha = emitter.schema() ? emitter.schema()->index_of("alpha") : std::nullopt;
  if (!alpha) return lower_by_schema(emitter);
  const Argument* given = emitter.given("alpha");
  const bool is_symbolic =
      given && (std::holds_alternative<ValueRef>(*given) ||
                (std::holds_alternative<SymInt>(*given) && !std::get<SymInt>(*given).value));
  if (!is_symbolic && emitter.number("alpha") == 1) arguments[*alpha] = emitter.none();
  const std::string& target = emitter.node().target;
  emitter.finish("aten::" + target.substr(5, target.rfind('.') - 5), std::move(arguments));
}

/// Masks multiply by the smallest float. OpenVINO would reorder `(1 - mask) * smallest + bias` to
/// `mask * -smallest + (smallest + bias)`, in which the bias is lost: a selection keeps them apart.
void product(Emitter& emitter) {
  constexpr double huge = 1e30;
  const Argument* other = emitter.given("other");
  const auto* factor = other ? std::get_if<double>(other) : nullptr;
  if (!factor || std::abs(*factor) < huge || !emitter.meta("self").type.is_real())
    return lower_by_schema(emitter);
  const double number = *factor;
  emitter.finish(
      [number](const Inputs& in) -> Inputs {
        const Tensor& x = in[0];
        const auto type = x.get_element_type();
        // The largest double is the largest float to a tensor of floats.
        const Tensor scale = number_like(type == ov::element::f32 ? to_float(number) : number, x);
        const Tensor is_zero = make<op::Equal>(x, zero_like(x));
        return {make<op::Select>(is_zero, x, make<op::Multiply>(x, scale))};
      },
      {emitter.argument("self")});
}

/// Rounds down, also for negative integers: what the division leaves over is taken away first.
Inputs floor_divide(const Inputs& in) {
  Tensor a = in[0], b = in[1];
  if (a.get_element_type().is_real() || b.get_element_type().is_real()) {
    const bool a_leads = a.get_element_type().is_real();
    (a_leads ? b : a) = a_leads ? as(b, a) : as(a, b);
    return {make<op::Floor>(make<op::Divide>(a, b))};
  }
  if (a.get_element_type() != b.get_element_type()) b = as(b, a);
  return {make<op::Divide>(make<op::Subtract>(a, make<op::FloorMod>(a, b)), b)};
}

void replace_nan(Emitter& emitter) {
  const auto type = emitter.meta("self").type;
  const double largest = type == ov::element::f16   ? 65504.0
                         : type == ov::element::f64 ? std::numeric_limits<double>::max()
                                                    : std::numeric_limits<float>::max();
  const auto given = [&](const char* name, double otherwise) {
    return emitter.is_none(name) ? otherwise : emitter.number(name);
  };
  const double nan = given("nan", 0), high = given("posinf", largest);
  const double low = given("neginf", -largest);
  emitter.finish(
      [=](const Inputs& in) -> Inputs {
        if (!in[0].get_element_type().is_real()) return {in[0]};
        const auto put = [&](const Tensor& where, double number, const Tensor& x) {
          return make<op::Select>(where, number_like(number, x), x);
        };
        const auto is_infinite = [&](bool negative) {
          return make<op::IsInf>(in[0], op::IsInf::Attributes(negative, !negative));
        };
        Tensor x = put(make<op::IsNaN>(in[0]), nan, in[0]);
        x = put(is_infinite(false), high, x);
        return {put(is_infinite(true), low, x)};
      },
      {emitter.argument("self")});
}

/// Whether each element is among the test elements.
Inputs is_in(const Inputs& in) {
  const Tensor column = make<op::Unsqueeze>(in[0], integer(-1));
  const Tensor tests = make<op::Reshape>(as(in[1], in[0]), integers({-1}), false);
  return {make<op::ReduceLogicalOr>(make<op::Equal>(column, tests), integer(-1), false)};
}

}  // namespace

std::span<const OpRow> elementwise_rows() {
  static constexpr std::array rows = {
      OpRow{.target = "aten.add", .rule = scaled_sum},
      OpRow{.target = "aten.sub", .rule = scaled_sum},
      OpRow{.target = "aten.rsub", .rule = scaled_sum},
      OpRow{.target = "aten.addcdiv",
            .formula = add_quotient,
            .arguments = "self tensor1 tensor2 value"},
      OpRow{.target = "aten.copysign", .formula = copy_sign, .arguments = "self other"},
      OpRow{.target = "aten.deg2rad", .formula = scaled<radians>, .arguments = "self"},
      OpRow{.target = "aten.exp2", .formula = power_of_two, .arguments = "self"},
      OpRow{.target = "aten.special_exp2", .formula = power_of_two, .arguments = "self"},
      OpRow{.target = "aten.floor_divide", .formula = floor_divide, .arguments = "self other"},
      OpRow{.target = "aten.fmax", .formula = ignoring_nan<op::Maximum>, .arguments = "self other"},
      OpRow{.target = "aten.fmin", .formula = ignoring_nan<op::Minimum>, .arguments = "self other"},
      OpRow{.target = "aten.frac", .formula = fraction, .arguments = "self"},
      OpRow{.target = "aten.hardshrink", .formula = hard_shrink, .arguments = "self lambd"},
      OpRow{.target = "aten.heaviside", .formula = step, .arguments = "self values"},
      OpRow{.target = "aten.hypot", .formula = hypotenuse, .arguments = "self other"},
      OpRow{.target = "aten.isin.Tensor_Tensor",
            .formula = is_in,
            .arguments = "elements test_elements"},
      OpRow{.target = "aten.logit", .formula = logit, .arguments = "self eps"},
      OpRow{.target = "aten.mul", .rule = product},
      OpRow{.target = "aten.nan_to_num", .rule = replace_nan},
      OpRow{.target = "aten.rad2deg", .formula = scaled<degrees>, .arguments = "self"},
      OpRow{.target = "aten.sgn", .formula = sign, .arguments = "self"},
      OpRow{.target = "aten.signbit", .formula = sign_bit, .arguments = "self"},
      OpRow{.target = "aten.sinc", .formula = sinc, .arguments = "self"},
      OpRow{.target = "aten.softshrink", .formula = soft_shrink, .arguments = "self lambd"},
      OpRow{.target = "aten.threshold", .formula = threshold, .arguments = "self threshold value"},
      OpRow{.target = "aten.true_divide", .same_as = "aten::div", .arguments = "self other"},
      OpRow{.target = "aten.trunc", .formula = whole, .arguments = "self"},
      OpRow{.target = "aten.fix", .formula = whole, .arguments = "self"},
      OpRow{.target = "aten.xlogy", .formula = x_log_y, .arguments = "self other"},
      OpRow{.target = "aten.special_xlogy", .formula = x_log_y, .arguments = "self other"},
  };
  return rows;
}

}  // namespace octet::importer::aten
