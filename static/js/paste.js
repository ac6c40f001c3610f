// A pasted text beside its forms: pointing at a mark lights the field it filled, being in a field lights its marks.
(function () {
  "use strict";

  const marks = [...document.querySelectorAll("[data-lights]")];

  function fieldsOf(mark) {
    return mark.dataset.lights
      .split(" ")
      .map((id) => document.getElementById(id))
      .filter(Boolean)
      .map((input) => input.closest(".field") || input);
  }

  function light(elements, lit) {
    for (const element of elements) element.classList.toggle("lit", lit);
  }

  for (const mark of marks) {
    for (const start of ["mouseenter", "focus"]) mark.addEventListener(start, () => light(fieldsOf(mark), true));
    for (const end of ["mouseleave", "blur"]) mark.addEventListener(end, () => light(fieldsOf(mark), false));
    mark.addEventListener("click", () => {
      const field = fieldsOf(mark)[0];
      if (field) field.scrollIntoView({ block: "center" });
    });
  }

  function marksOf(input) {
    return input.id ? marks.filter((mark) => mark.dataset.lights.split(" ").includes(input.id)) : [];
  }

  document.addEventListener("focusin", (event) => light(marksOf(event.target), true));
  document.addEventListener("focusout", (event) => light(marksOf(event.target), false));
})();
