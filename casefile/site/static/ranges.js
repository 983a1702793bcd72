/* Ranges worked out again: the same draws as the notebook's, number for number, through the page's own formulas, when the hand
   rests. The generator is NumPy's: SeedSequence and PCG64 (O'Neill 2014), and its triangular distribution. */
"use strict";
casefile.ranges = (() => {
  const { page, formulas, graph } = casefile;
  const { seed, count, spreads, targets } = page.draws;
  const WORD = 0xffffffffn, LONG = (1n << 64n) - 1n, LONGER = (1n << 128n) - 1n;
  const MULTIPLIER = 2549297995355413924n * (1n << 64n) + 4865540595714422341n;

  // ------------------------------------------------------------------------------------------------------------ draws

  /** The four words of 64 bits that NumPy's SeedSequence makes of some entropy. */
  function seeded(entropy) {
    let hash = 0x43b0d7e5;
    const hashed = (value) => {
      value = (value ^ hash) >>> 0;
      hash = Math.imul(hash, 0x931e8875) >>> 0;
      value = Math.imul(value, hash) >>> 0;
      return (value ^ (value >>> 16)) >>> 0;
    };
    const mixed = (x, y) => {
      const made = (Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y)) >>> 0;
      return (made ^ (made >>> 16)) >>> 0;
    };
    const pool = [0, 1, 2, 3].map((place) => hashed(entropy[place] ?? 0));
    for (let from = 0; from < 4; from++) {
      for (let to = 0; to < 4; to++) if (from !== to) pool[to] = mixed(pool[to], hashed(pool[from]));
    }
    for (const word of entropy.slice(4)) {
      for (let to = 0; to < 4; to++) pool[to] = mixed(pool[to], hashed(word));
    }
    hash = 0x8b51f9dd;
    const words = [...pool, ...pool].map((word) => {
      word = (word ^ hash) >>> 0;
      hash = Math.imul(hash, 0x58f38ded) >>> 0;
      word = Math.imul(word, hash) >>> 0;
      return BigInt((word ^ (word >>> 16)) >>> 0);
    });
    return [0, 2, 4, 6].map((place) => words[place] | (words[place + 1] << 32n));
  }

  /** `count` numbers from 0 to 1, as NumPy's default generator draws them. */
  function uniform(entropy) {
    const [high, low, upper, lower] = seeded(entropy);
    const step = ((((upper << 64n) | lower) << 1n) | 1n) & LONGER;
    let state = (step + ((high << 64n) | low)) & LONGER;
    state = (state * MULTIPLIER + step) & LONGER;
    return Float64Array.from({ length: count }, () => {
      state = (state * MULTIPLIER + step) & LONGER;
      const folded = (state >> 64n) ^ (state & LONG), turn = state >> 122n;
      return Number((((folded >> turn) | (folded << (64n - turn))) & LONG) >> 11n) * 2 ** -53;
    });
  }

  /** An assumption's draws: triangular between its ends, its default the most likely; drawn once. */
  const kept = new Map();
  function drawn(name) {
    if (!kept.has(name)) {
      const { low, mode, high } = spreads[name], base = high - low, left = mode - low;
      kept.set(
        name,
        uniform([seed, ...new TextEncoder().encode(name)]).map((
          share,
        ) => (share <= left / base
          ? low + Math.sqrt(share * left * base)
          : high - Math.sqrt((1 - share) * (high - mode) * base))
        ),
      );
    }
    return kept.get(name);
  }

  // ----------------------------------------------------------------------------------------------------------- ranges

  function percentile(sorted, share) {
    const place = share * (sorted.length - 1),
      below = Math.floor(place),
      above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
  }

  /** The targets' 5th and 95th percentiles under some values; what was set is not drawn. */
  function work(values, set) {
    const free = Object.keys(spreads).filter((name) => !set.has(name));
    const reached = graph.downstream(free),
      order = Object.keys(page.figures).filter((name) => formulas[name] && reached.has(name));
    const draws = free.map((name) => [name, drawn(name)]), trial = { ...values };
    const outcomes = targets.filter((name) => reached.has(name)).map((name) => [name, new Float64Array(count)]);
    for (let place = 0; place < count; place++) {
      for (const [name, drawing] of draws) trial[name] = drawing[place];
      for (const name of order) trial[name] = formulas[name](trial);
      for (const [name, outcome] of outcomes) outcome[place] = trial[name];
    }
    return new Map(outcomes.flatMap(([name, outcome]) => {
      outcome.sort();
      const low = percentile(outcome, 0.05), high = percentile(outcome, 0.95);
      return low < high && low <= values[name] && values[name] <= high ? [[name, { low, high }]] : [];
    }));
  }

  const covered = new Set(targets);
  let asked = "", due = 0;

  /** Bring the ranges to some values, of which some are set: those of the defaults at once, others when the hand rests. */
  function follow(values, set, then) {
    const key = JSON.stringify([...set].map((name) => [name, values[name]]));
    if (key === asked) return;
    asked = key;
    clearTimeout(due);
    graph.ranged = set.size ? "pending" : undefined;
    if (!set.size) return;
    due = setTimeout(() => {
      graph.ranged = work(values, set);
      then();
    }, 160);
  }

  /** Work out none any more, and none of those that were under way: a notebook says them now. */
  function forget() {
    clearTimeout(due);
    asked = "";
    graph.ranged = undefined;
  }

  return { follow, forget, covers: (name) => covered.has(name) };
})();
