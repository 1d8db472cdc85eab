#include <array>

#include "import/aten/build.hpp"
#include "import/aten/emitter.hpp"

/// Single steps of recurrent layers, spelled out as the matrix products that they are, so that each
/// can be quantized like any other.
namespace octet::importer::aten {
namespace {

using Value = ov::Output<ov::Node>;

/// x W^T (+ b)
Value linear(const Value& x, const Value& weight, const Value& bias) {
  Value product = std::make_shared<op::MatMul>(x, weight, false, true);
  if (bias.get_node()) product = std::make_shared<op::Add>(product, bias);
  return product;
}

ov::OutputVector split(const Value& value, std::size_t count) {
  const auto axis = op::Constant::create(ov::element::i64, {}, {-1});
  return std::make_shared<op::Split>(value, axis, count)->outputs();
}

template <class Op>
Value combine(const Value& a, const Value& b) {
  return std::make_shared<Op>(a, b);
}

template <class Op>
Value apply(const Value& a) {
  return std::make_shared<Op>(a);
}

/// Inputs: x, h, c, w_ih, w_hh, b_ih, b_hh. Gates in torch's order: input, forget, cell, output.
ov::OutputVector lstm_step(const ov::OutputVector& in) {
  const auto gates =
      split(combine<op::Add>(linear(in[0], in[3], in[5]), linear(in[1], in[4], in[6])), 4);
  const Value input = apply<op::Sigmoid>(gates[0]), forget = apply<op::Sigmoid>(gates[1]);
  const Value candidate = apply<op::Tanh>(gates[2]), output = apply<op::Sigmoid>(gates[3]);
  const Value cell = combine<op::Add>(combine<op::Multiply>(forget, in[2]),
                                      combine<op::Multiply>(input, candidate));
  return {combine<op::Multiply>(output, apply<op::Tanh>(cell)), cell};
}

/// Inputs: x, h, w_ih, w_hh, b_ih, b_hh. Gates in torch's order: reset, update, new.
ov::OutputVector gru_step(const ov::OutputVector& in) {
  const auto from_x = split(linear(in[0], in[2], in[4]), 3);
  const auto from_h = split(linear(in[1], in[3], in[5]), 3);
  const Value reset = apply<op::Sigmoid>(combine<op::Add>(from_x[0], from_h[0]));
  const Value update = apply<op::Sigmoid>(combine<op::Add>(from_x[1], from_h[1]));
  const Value fresh =
      apply<op::Tanh>(combine<op::Add>(from_x[2], combine<op::Multiply>(reset, from_h[2])));
  // h' = n + z (h - n)
  const Value change = combine<op::Multiply>(update, combine<op::Subtract>(in[1], fresh));
  return {combine<op::Add>(fresh, change)};
}

template <class Activation>
ov::OutputVector simple_step(const ov::OutputVector& in) {
  return {apply<Activation>(
      combine<op::Add>(linear(in[0], in[2], in[4]), linear(in[1], in[3], in[5])))};
}

std::vector<ValueId> parameters(Emitter& emitter, std::vector<ValueId> states) {
  for (const char* name : {"w_ih", "w_hh", "b_ih", "b_hh"})
    states.push_back(emitter.argument(name));
  return states;
}

void lstm_cell(Emitter& emitter) {
  const auto* states = std::get_if<std::vector<ValueRef>>(emitter.given("hx"));
  if (!states || states->size() != 2) emitter.unsupported("its state is not a pair of tensors");
  emitter.finish(lstm_step,
                 parameters(emitter, {emitter.argument("input"), emitter.tensor((*states)[0]),
                                      emitter.tensor((*states)[1])}));
}

template <ov::OutputVector (*step)(const ov::OutputVector&)>
void cell(Emitter& emitter) {
  emitter.finish(step, parameters(emitter, {emitter.argument("input"), emitter.argument("hx")}));
}

/// The frontend takes for granted that the lists are as long as the flags say.
void layers(Emitter& emitter) {
  const auto count = [&](const char* name) -> std::int64_t {
    const Argument* given = emitter.given(name);
    if (given && std::holds_alternative<ValueRef>(*given)) return 1;
    const auto* list = given ? std::get_if<std::vector<ValueRef>>(given) : nullptr;
    if (!list) emitter.unsupported(std::string("its argument '") + name + "' is not tensors");
    return static_cast<std::int64_t>(list->size());
  };
  const bool is_lstm = emitter.node().target.starts_with("aten.lstm");
  const std::int64_t depth = emitter.integer("num_layers");
  const std::int64_t directions = emitter.boolean("bidirectional") ? 2 : 1;
  const std::int64_t per_layer = emitter.boolean("has_biases") ? 4 : 2;
  constexpr std::int64_t deepest = 1000;
  if (depth < 1 || depth > deepest) emitter.unsupported("its number of layers is out of range");
  const std::int64_t parameters_given = count("params");
  if (is_lstm && parameters_given == depth * directions * (per_layer + 1))
    emitter.unsupported("an LSTM with a projection (proj_size) cannot be converted");
  if (parameters_given != depth * directions * per_layer || count("hx") != (is_lstm ? 2 : 1))
    emitter.unsupported("the numbers of its weights and states do not fit its layers");
  lower_by_schema(emitter);
}

}  // namespace

std::span<const OpRow> recurrent_rows() {
  static constexpr std::array rows = {
      OpRow{"aten.lstm.input", layers},
      OpRow{"aten.gru.input", layers},
      OpRow{"aten.rnn_tanh.input", layers},
      OpRow{"aten.rnn_relu.input", layers},
      OpRow{"aten.lstm_cell", lstm_cell},
      OpRow{"aten.gru_cell", cell<gru_step>},
      OpRow{"aten.rnn_tanh_cell", cell<simple_step<op::Tanh>>},
      OpRow{"aten.rnn_relu_cell", cell<simple_step<op::Relu>>},
  };
  return rows;
}

}  // namespace octet::importer::aten
