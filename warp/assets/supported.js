// Stands right after <body> opens, so that nothing jumps once the components wake.
(() => {
  const { classList } = document.body;
  classList.add("js-enabled");
  if ("noModule" in HTMLScriptElement.prototype) classList.add("govuk-frontend-supported");
})();
