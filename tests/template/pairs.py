"""Combinations that hold every pair of values of any two prompts."""

from collections.abc import Mapping, Sequence
from itertools import combinations, product


def all_pairs(values: Mapping[str, Sequence[object]]) -> list[dict[str, object]]:
    """Return a short list of combinations that holds all pairs. The same values give the same list.

    The search is greedy: each combination starts with a missing pair, and takes for each other prompt the value that
    adds the most missing pairs.
    """
    prompts = list(values)
    missing = {
        ((one, a), (other, b))
        for one, other in combinations(range(len(prompts)), 2)
        for a, b in product(range(len(values[prompts[one]])), range(len(values[prompts[other]])))
    }
    found = []
    while missing:
        chosen = dict(min(missing))
        for prompt in range(len(prompts)):
            if prompt not in chosen:
                chosen[prompt] = max(
                    range(len(values[prompts[prompt]])),
                    key=lambda value, prompt=prompt: sum(
                        tuple(sorted([(prompt, value), pair])) in missing for pair in chosen.items()
                    ),
                )
        missing -= set(combinations(sorted(chosen.items()), 2))
        found.append({prompts[prompt]: values[prompts[prompt]][value] for prompt, value in chosen.items()})
    return found
