#include "graph/graph.hpp"

#include <doctest/doctest.h>

#include "graph/transformer.hpp"
#include "graph/weights.hpp"
#include "unit/graph/text_model.hpp"

using namespace octet;

namespace {

using Names = std::vector<std::string>;

int index_of(const graph::Graph& graph, const std::string& name) {
  for (int node = 0; node < graph.size(); ++node)
    if (graph.name(node) == name) return node;
  FAIL("no node " << name);
  return -1;
}

Names active(const std::string& model) {
  const graph::Graph flat = graph::flatten(*tests::parse_model(model).graph);
  Names names;
  for (int node = 0; node < flat.size(); ++node)
    if (flat.is_active[node]) names.push_back(flat.name(node));
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_CASE("edges are sorted by reader and known to both of their ends") {
  const graph::Graph flat = graph::flatten(*tests::parse_model(R"(
x = Parameter f32[1,4]
s = Split(x, i64:1) num_splits=2
a = Add(s.1, s.0)
r = Result(a)
)")
                                                .graph);
  const int split = index_of(flat, "s"), add = index_of(flat, "a");
  REQUIRE(flat.in[add].size() == 2);
  CHECK(flat.edges[flat.in[add][0]].output == 1);
  CHECK(flat.edges[flat.in[add][1]].output == 0);
  CHECK(flat.out[split].size() == 2);
  CHECK(flat.op[add] == graph::Op::Add);
}

TEST_CASE("data are active; constants and arithmetic on shapes are not") {
  CHECK(active(R"(
x = Parameter f32[?,4]
c = Exp(const[4])
a = Add(x, c)
n = ShapeOf(a) output_type=i64
g = Gather(n, i64{0}, i64:0)
s = Concat(g, i64{2,2}) axis=0
u = Reshape(a, s)
r = Result(u)
)") == Names{"a", "r", "u", "x"});
}

TEST_CASE("an initial state made from a shape counts as data of the layer that starts with it") {
  CHECK(active(R"(
x = Parameter f32[?,7,16]
n = ShapeOf(x) output_type=i64
g = Gather(n, i64{0}, i64:0)
s = Concat(g, i64{1,24}) axis=0
z = Broadcast(const[1], s)
q = Broadcast(i64{7}, g)
l = LSTMSequence(x, z, z, q, const[1,96,16], const[1,96,24], const[1,96]) hidden_size=24 direction=forward
r = Result(l.0)
)") == Names{"l", "r", "x", "z"});
}

TEST_CASE("a gather from a constant table is an embedding, one from data is not") {
  const graph::Graph flat = graph::flatten(*tests::parse_model(R"(
i = Parameter i64[1,3]
x = Parameter f32[5,4]
e = Gather(const[5,4], i, i64:0)
g = Gather(x, i, i64:0)
r = Result(e)
r2 = Result(g)
)")
                                                .graph);
  CHECK(flat.op[index_of(flat, "e")] == graph::Op::Embedding);
  CHECK(flat.op[index_of(flat, "g")] == graph::Op::Gather);
}

TEST_CASE(
    "a convolution with as many groups as channels is depthwise, unless there is one channel") {
  const auto op_of = [](int channels, int groups) {
    const std::string c = std::to_string(channels), g = std::to_string(groups),
                      per_group = std::to_string(channels / groups);
    const graph::Graph flat = graph::flatten(
        *tests::parse_model("x = Parameter f32[1," + c + ",8,8]\nc = GroupConvolution(x, const[" +
                            g + ",2," + per_group + ",1,1])\nr = Result(c)\n")
             .graph);
    return flat.op[index_of(flat, "c")];
  };
  CHECK(op_of(4, 4) == graph::Op::DepthwiseConvolution);
  CHECK(op_of(4, 2) == graph::Op::GroupConvolution);
  CHECK(op_of(1, 1) == graph::Op::GroupConvolution);
}

TEST_CASE("integer constants and biases are no weights") {
  const graph::Graph flat = graph::flatten(*tests::parse_model(R"(
x = Parameter f32[1,4]
i = Parameter i32[1,4]
m = MatMul(x, const[4,3])
n = MatMul(i, i32{1,2,3,4})
r = Result(m)
r2 = Result(n)
)")
                                                .graph);
  CHECK(graph::weights_of(flat, index_of(flat, "m")).size() == 1);
  CHECK(graph::weights_of(flat, index_of(flat, "n")).empty());
}

TEST_CASE("a convolutional network with one attention is no transformer") {
  const std::string attention = R"(
x = Parameter f32[1,8,8]
s = MatMul(x, x) transpose_b=true
p = Softmax(s) axis=-1
o = MatMul(p, x)
)";
  const auto evidence = [](const std::string& model) {
    return graph::find_transformer(*tests::parse_model(model).graph);
  };
  const auto bare = evidence(attention + "r = Result(o)\n");
  CHECK(bare.attentions == 1);
  CHECK(bare.normalizations == 0);
  CHECK_FALSE(bare.is_transformer());
  CHECK(evidence(attention + R"(
n = MVN(o, i64{2}) normalize_variance=true eps=0.00001 eps_mode=INSIDE_SQRT
r = Result(n)
)")
            .is_transformer());
  // A root-mean-square normalization, spelled out.
  CHECK(evidence(attention + R"(
q = Multiply(o, o)
m = ReduceMean(q, i64{2}) keep_dims=true
a = Add(m, const[1])
d = Sqrt(a)
n = Divide(o, d)
r = Result(n)
)")
            .is_transformer());
  // A classifier's softmax stands behind a matmul, not between two.
  CHECK(evidence(R"(
x = Parameter f32[1,8]
m = MatMul(x, const[8,3])
p = Softmax(m) axis=-1
r = Result(p)
)")
            .attentions == 0);
}
