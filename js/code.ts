// js-sys looks for the global object by code that it makes of text, where it finds it in no other way. No page is that
// old, and what a policy forbids need not be there.

function NoCode(): never {
  throw new TypeError("no code is made of text here");
}

export { NoCode as Function };
