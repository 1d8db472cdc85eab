#include "scheme/post_processing.hpp"

#include "graph/weights.hpp"

namespace octet::scheme {

using graph::Op;

void ignore_post_processing(const graph::Graph& graph, const graph::View& view,
                            std::vector<std::string>& ignored) {
  const int count = view.size();
  std::vector<char> is_end(count, 0), is_marker(count, 0);
  for (int unit = 0; unit < count; ++unit) {
    const int node = view.nodes[unit].front();
    is_end[unit] = view.op[unit] == Op::Parameter ||
                   (graph::is_class(view.op[unit], graph::op_class::weighted) &&
                    !graph::weights_of(graph, node).empty());
    is_marker[unit] = graph::is_class(view.op[unit], graph::op_class::post_processing);
  }
  // below: an output can be reached without passing a layer with weights; and with a marker on the
  // way. above: a marker comes before, without a layer with weights between.
  std::vector<char> below(count, 0), below_marker(count, 0), above_marker(count, 0);
  for (int unit = count - 1; unit >= 0; --unit) {
    if (view.op[unit] == Op::Result) {
      below[unit] = 1;
      continue;
    }
    for (const int edge : view.out[unit]) {
      const int reader = view.edges[edge].target;
      if (is_end[reader]) continue;
      below[unit] |= below[reader];
      below_marker[unit] |= below_marker[reader];
    }
    below_marker[unit] |= below[unit] && is_marker[unit];
  }
  for (int unit = 0; unit < count; ++unit) {
    above_marker[unit] = is_marker[unit];
    for (const int edge : view.in[unit]) {
      const int source = view.edges[edge].source;
      above_marker[unit] |= !is_end[source] && above_marker[source];
    }
    const bool on_path = below_marker[unit] || (below[unit] && above_marker[unit]);
    if (on_path && !is_end[unit] && view.op[unit] != Op::Result && ignored[unit].empty())
      ignored[unit] = "post-processing";
  }
}

}  // namespace octet::scheme
