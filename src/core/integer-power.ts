/**
 * base to a whole number, by squaring: multiplications alone, so that it is the same to the last bit in every engine,
 * where `**` differs in the last digit from one to the next. Steps count up to 2²⁵: 50 multiplications at most.
 */
export function integerPower(base: number, exponent: number): number {
  let power = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power *= square;
    square *= square;
  }
  return power;
}
