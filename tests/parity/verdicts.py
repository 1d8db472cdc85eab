"""What became of a job."""

from placements import differences


def verdict(job, own, peers, explanations):
    """One of "equal", "explained" and "differs", what to say about it, and the differences."""
    if isinstance(own, str):
        both = "error" in peers
        return (
            ("refused" if both else "differs"),
            f"{'both refuse' if both else 'refused'}: {own}",
            [],
        )
    if "error" in peers:
        found = [f"the peer fails: {peers['error']}"]
    else:
        found = differences(own, peers, job.tolerance)
    if not found:
        return "equal", "equal", []
    reasons, rest = explanations.sort(job, found)
    if rest:
        return "differs", f"differs ({len(rest)} of {len(found)})", rest
    decisions = ", ".join(reasons)
    return "explained", f"differs ({len(found)}): decision {decisions}", []
