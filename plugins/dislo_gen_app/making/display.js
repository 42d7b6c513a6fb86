// What is made, in one of the ways in which it can be looked at, a real picture beside it, and histograms of both.
// It is told by a message and draws itself, so that a picture that follows a slider need not wait for the whole page.
const WIDTH = 256, HEIGHT = 64;

export default {
  template: `
    <div class="make-seen">
      <div class="make-figures" :class="{ 'make-old': problem }" :style="{ '--ratio': ratio }" :aria-busy="busy">
        <figure v-if="wipe" class="make-figure" :style="{ flex: over[0].width + ' 1 0' }">
          <div class="make-wipe" :style="{ '--wipe': at + '%' }">
            <img v-for="one in over" :key="one.name" v-bind="shown(one)" @load="loaded">
            <div class="make-divider"></div>
            <input v-model="at" type="range" min="0" max="100" aria-label="Wipe between the picture and its masks">
          </div>
          <figcaption class="make-caption make-ends"><span v-for="one in over" :key="one.name">{{ one.caption }}</span></figcaption>
        </figure>
        <div v-else-if="made.length" class="make-grid" :style="grid">
          <figure v-for="one in made" :key="one.name" class="make-figure">
            <img v-if="one.src" v-bind="shown(one)" @load="loaded">
            <div v-else class="make-missing" :style="{ aspectRatio: made[0].width + ' / ' + made[0].height }">{{ one.problem }}</div>
            <figcaption class="make-caption">{{ one.caption }}</figcaption>
          </figure>
        </div>
        <figure v-for="one in real" :key="one.name" class="make-figure" :style="{ flex: one.width + ' 1 0' }">
          <img v-bind="shown(one)" @load="loaded">
          <figcaption class="make-caption">{{ one.caption }}</figcaption>
        </figure>
        <div v-if="busy" class="make-busy" role="status">drawing …</div>
      </div>
      <div class="make-problem app-problem" role="alert">{{ problem }}</div>
      <div class="make-about app-quiet">{{ about }}</div>
      <div v-if="histograms.length" class="make-histogram">
        <svg class="make-bars" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" :aria-label="heard">
          <component :is="n ? 'polyline' : 'polygon'" v-for="(points, n) in shapes" :key="n"
                     :class="n ? 'make-real-line' : 'make-made-area'" :points="points"></component>
        </svg>
        <div class="make-legend">
          <div v-for="(one, n) in histograms" :key="one.name" :class="n ? 'make-real-text' : 'make-made-text'">{{ one.name }}: {{ one.facts }}</div>
          <label><input v-model="logarithmic" type="checkbox"> logarithmic</label>
        </div>
      </div>
    </div>`,
  data() {
    return {
      figures: [], columns: 1, wipe: false, about: "", histograms: [], problem: "", busy: false,
      at: 50, logarithmic: false,
    };
  },
  computed: {
    real() { return this.figures.filter((one) => one.name === "real"); },
    made() { return this.figures.filter((one) => one.name !== "real"); },
    over() { return this.made.slice(0, 2); },
    rows() { return this.wipe ? 1 : Math.ceil(this.made.length / this.columns); },
    ratio() {
      if (!this.made.length) return 1;
      const [{ width, height }] = this.made;
      const wide = width * this.columns + this.real.reduce((sum, one) => sum + one.width, 0);
      return wide / Math.max(height * this.rows, ...this.real.map((one) => one.height));
    },
    grid() {
      return {
        flex: this.made[0].width * this.columns + " 1 0",
        gridTemplateColumns: `repeat(${this.columns}, minmax(0, 1fr))`,
      };
    },
    heard() { return "Histogram of grey values: " + this.histograms.map((one) => `${one.name}, ${one.facts}`).join("; "); },
    shapes() {
      const all = this.histograms.map((one) => (this.logarithmic ? one.shares.map((s) => Math.log10(1 + 1e4 * s)) : one.shares));
      const highest = Math.max(...all.flat()) || 1;
      return all.map((shares, n) => {
        const step = WIDTH / shares.length;
        const line = shares.map((share, bin) => {
          const y = (HEIGHT * (1 - share / highest)).toFixed(2);
          return `${bin * step},${y} ${(bin + 1) * step},${y}`;
        });
        return n ? line.join(" ") : `0,${HEIGHT} ${line.join(" ")} ${WIDTH},${HEIGHT}`;
      });
    },
  },
  methods: {
    show(what) {
      Object.assign(this, { problem: "", busy: false }, what);
    },
    refuse(problem) {
      Object.assign(this, { problem, busy: false });
    },
    wait() {
      this.busy = true;
    },
    shown(one) {
      return {
        src: one.src, alt: one.caption || "the made picture", "data-name": one.name,
        style: { aspectRatio: one.width + " / " + one.height },
      };
    },
    loaded(event) {
      // Larger, pixels stay pixels; smaller, leaving some of them out would break thin lines.
      const image = event.target;
      const smaller = image.clientWidth * window.devicePixelRatio < image.naturalWidth;
      image.style.imageRendering = smaller ? "auto" : "pixelated";
    },
  },
};
