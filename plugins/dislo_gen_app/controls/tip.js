// Tells of the parameter that the keyboard is at, or the mouse.
export default {
  template: `<div class="app-tip app-quiet" role="status">{{ told || "Point at a parameter, or go there by keyboard, to read what it is." }}</div>`,
  data() {
    return { told: "" };
  },
  mounted() {
    this.heed = (event) => {
      const about = event.target.closest("[data-about]");
      if (about) this.told = about.dataset.about;
    };
    this.place = this.$el.parentElement;
    for (const kind of ["mouseover", "focusin"]) this.place.addEventListener(kind, this.heed);
  },
  unmounted() {
    for (const kind of ["mouseover", "focusin"]) this.place.removeEventListener(kind, this.heed);
  },
};
