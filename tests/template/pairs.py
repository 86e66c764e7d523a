"""Combinations in which every value of every prompt meets every value of every other prompt."""

from collections.abc import Mapping, Sequence
from itertools import combinations, product


def all_pairs(values: Mapping[str, Sequence[object]]) -> list[dict[str, object]]:
    """A short list of combinations that holds all pairs; always the same for the same values.

    Greedy: each combination begins with a pair that is still missing, and takes for each other prompt the value that
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
