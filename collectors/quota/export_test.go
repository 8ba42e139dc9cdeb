package quota

// Kept is how much of an answer a pool reads before it gives it.
const Kept = kept
