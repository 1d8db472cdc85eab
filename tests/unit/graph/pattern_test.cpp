#include "graph/pattern.hpp"

#include <doctest/doctest.h>

#include "graph/idle.hpp"
#include "graph/patterns.hpp"
#include "octet/error.hpp"
#include "unit/graph/text_model.hpp"

using namespace octet;

namespace {

/// The names of the operations that `pattern` finds in `model`, each match as `a+b+c`.
std::vector<std::string> find(const std::string& model, const std::vector<std::string>& patterns) {
  const graph::Graph flat = graph::flatten(*tests::parse_model(model).graph);
  const graph::View view = graph::view_of(flat);
  std::vector<graph::Pattern> parsed;
  for (const std::string& text : patterns) parsed.push_back(graph::parse_pattern("test", text));
  std::vector<std::string> found;
  for (const graph::Match& match : graph::find_matches(view, parsed)) {
    std::string names;
    for (const int unit : match.units)
      names += (names.empty() ? "" : "+") + flat.name(view.nodes[unit].front());
    found.push_back(names);
  }
  return found;
}

using Names = std::vector<std::string>;

const char* chain = R"(
x = Parameter f32[1,4]
a = Multiply(x, const[1,4])
b = Add(a, const[1,4])
c = Relu(b)
r = Result(c)
)";

}  // namespace

TEST_CASE("a chain is found by operations and by classes") {
  CHECK(find(chain, {"Multiply > Add"}) == Names{"a+b"});
  CHECK(find(chain, {"arithmetic > activation"}) == Names{"b+c"});
  CHECK(find(chain, {"Subtract|Multiply > Add > Relu"}) == Names{"a+b+c"});
  CHECK(find(chain, {"Add > Multiply"}).empty());
}

TEST_CASE("larger patterns come first, and each operation is used once") {
  CHECK(find(chain, {"Add > Relu", "Multiply > Add > Relu"}) == Names{"a+b+c"});
  CHECK(find(chain, {"Multiply > Add", "Add > Relu"}) == Names{"a+b"});
}

TEST_CASE("nothing outside may read what a match computes half-way") {
  const std::string model = std::string(chain) + "r2 = Result(a)\n";
  CHECK(find(model, {"Multiply > Add"}).empty());
  CHECK(find(model, {"Add > Relu"}) == Names{"b+c"});
}

TEST_CASE("what ends a match has no inputs from outside, what begins it may have") {
  const std::string model = R"(
x = Parameter f32[1,4]
y = Parameter f32[1,4]
a = Add(x, y)
b = Relu(a)
c = Add(b, y)
r = Result(c)
)";
  CHECK(find(model, {"Add > Relu"}) == Names{"a+b"});
  CHECK(find(model, {"Relu > Add"}).empty());
}

TEST_CASE("branches that meet again are found, whatever order the inputs have") {
  for (const char* product : {"m = Multiply(x2, s)", "m = Multiply(s, x2)"}) {
    const std::string model =
        std::string("x = Parameter f32[1,4]\nx2 = Exp(x)\ns = Sigmoid(x2)\n") + product +
        "\nr = Result(m)\n";
    CHECK(find(model, {"v:any > Sigmoid > m:Multiply; v > m"}) == Names{"s+m"});
  }
}

TEST_CASE("a context node may have other readers and is no part of the match") {
  const std::string model = R"(
x = Parameter f32[1,4]
s = Sigmoid(x)
m = Multiply(x, s)
e = Exp(x)
r = Result(m)
r2 = Result(e)
)";
  CHECK(find(model, {"v:any > Sigmoid > m:Multiply; v > m"}) == Names{"s+m"});
}

TEST_CASE("an excluded node must be there and stays free for other matches") {
  CHECK(find(chain, {"Multiply > Add! > Relu", "Add > Result"}) == Names{"a+c"});
  CHECK(find(chain, {"Multiply! > Add > Relu"}) == Names{"b+c"});
}

TEST_CASE("reading a tensor twice is another thing than reading it once") {
  const std::string model =
      "x = Parameter f32[1,4]\ne = Exp(x)\nm = Multiply(e, e)\nr = Result(m)\n";
  CHECK(find(model, {"Exp > Multiply"}).empty());
  CHECK(find(model, {"Exp >> Multiply"}) == Names{"e+m"});
}

TEST_CASE("an unknown operation in a pattern is a defect") {
  CHECK_THROWS_AS(graph::parse_pattern("test", "Add > Addd"), Error);
}

TEST_CASE("every row of the tables can be read") {
  CHECK(graph::composite_patterns().size() > 5);
  CHECK(graph::fused_patterns(true).size() > graph::fused_patterns(false).size());
  CHECK(graph::ignored_patterns().size() > 5);
  for (const graph::Pattern& pattern : graph::fused_patterns(true)) CHECK(pattern.size >= 2);
}

TEST_CASE("a fused unit reads what its first operation reads, and keeps all of its operations") {
  const graph::Graph flat = graph::flatten(*tests::parse_model(chain).graph);
  const graph::View view = graph::view_of(flat);
  const graph::View fused = graph::fuse(view, {{{1, 2, 3}, graph::Op::Multiply}});
  CHECK(fused.size() == 3);
  CHECK(fused.op[1] == graph::Op::Multiply);
  CHECK(fused.nodes[1].size() == 3);
  REQUIRE(fused.edges.size() == 2);
  CHECK(fused.edges[0].source == 0);
  CHECK(fused.edges[0].target == 1);
  CHECK(fused.edges[1].target == 2);
}

TEST_CASE("reshapes to the same shape and repetitions by 1 do nothing, also with dynamic shapes") {
  const graph::Graph flat = graph::flatten(*tests::parse_model(R"(
x = Parameter f32[?,4,1,1]
t = Tile(x, i64{1,1,1,1})
n = ShapeOf(x) output_type=i64
g = Gather(n, i64{0}, i64:0)
s = Concat(g, i64{4,1,1}) axis=0
u = Reshape(t, s)
v = Reshape(u, i64{-1,4})
w = Tile(v, i64{1,2})
r = Result(w)
)")
                                                .graph);
  const graph::View view = graph::view_of(flat);
  const std::vector<char> is_idle = graph::find_idle(flat, view);
  Names idle;
  for (int unit = 0; unit < view.size(); ++unit)
    if (is_idle[unit]) idle.push_back(flat.name(view.nodes[unit].front()));
  CHECK(idle == Names{"t", "u"});
  const graph::View direct = graph::without_idle(view, is_idle);
  for (const graph::UnitEdge& edge : direct.edges) {
    CHECK_FALSE(is_idle[edge.source]);
    CHECK_FALSE(is_idle[edge.target]);
  }
}
