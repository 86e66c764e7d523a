/** Make a poll as the API answers with it. @returns {import('../frontend/polls.js').Poll} */
export function makePoll(differences = {}) {
  return {
    id: 7,
    question: 'Which day?',
    author: { id: 3, display_name: 'Asima Devi' },
    created_at: '2026-01-01T00:00:00Z',
    closes_at: '2099-01-01T00:00:00Z',
    open: true,
    votes_can_change: true,
    results_after_vote: false,
    votes: 4,
    my_choice: null,
    mine: false,
    document: null,
    choices: [
      { id: 1, text: 'Tuesday', votes: 1 },
      { id: 2, text: 'Thursday', votes: 3 },
    ],
    ...differences,
  }
}

export const listOf = (...results) => ({ next: null, previous: null, results })
