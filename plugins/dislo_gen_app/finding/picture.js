// A picture with lines over it, and the picture alone beside it: zoomed and moved together.
export default {
  template: `
    <div ref="panes" class="find-panes" :class="{ 'find-bare': bare, 'find-held': held }" tabindex="0"
         role="application" aria-label="Picture with lines: wheel or + and - zoom, drag moves, 0 shows all, click selects a line"
         @wheel.prevent="wheel" @pointerdown="down" @pointermove="move" @pointerup="up" @pointercancel="up">
      <div v-for="pane in beside ? ['lines', 'plain'] : ['lines']" :key="pane" class="find-pane">
        <div v-if="src" class="find-paper" :style="paper">
          <img :src="src" :width="width" :height="height" draggable="false" alt="" :style="{ filter: filter, imageRendering: zoom > 2 ? 'pixelated' : 'auto' }">
          <svg v-if="pane === 'lines'" v-show="!held && !bare" :viewBox="'0 0 ' + width + ' ' + height" :width="width" :height="height"
               data-testid="lines" :data-count="lines.length">
            <g v-for="line in lines" :key="line.n" class="find-line" :class="['find-' + line.s, { 'find-selected': line.n === selected }]"
               :data-number="line.n">
              <path class="find-hit" :d="line.d" @click.stop="pick(line.n)"></path>
              <path class="find-stroke" :d="line.d" :stroke="line.c"></path>
              <text v-if="numbers || line.n === selected" :x="line.x" :y="line.y" :font-size="11 / zoom" :stroke-width="3 / zoom" :fill="line.c">{{ line.n }}</text>
            </g>
          </svg>
        </div>
      </div>
      <div v-if="said" class="find-said" role="status"><span>{{ said }}</span></div>
    </div>`,
  props: {
    src: String, width: Number, height: Number, lines: Array, selected: Number,
    said: String, beside: Boolean, bare: Boolean, numbers: Boolean, filter: String,
  },
  data() {
    return { zoom: 1, left: 0, top: 0, fit: 1, held: false, dragged: false };
  },
  computed: {
    paper() {
      return {
        width: this.width + "px", height: this.height + "px",
        transform: `translate(${this.left}px, ${this.top}px) scale(${this.zoom})`,
      };
    },
  },
  mounted() {
    this.watching = new ResizeObserver(() => this.resized());
    this.watching.observe(this.$refs.panes);
    this.key = (event) => {
      const focus = document.activeElement;
      if (event.key !== " " || !this.$refs.panes.offsetParent || event.ctrlKey || event.metaKey) return;
      if (focus && focus !== document.body && focus !== this.$refs.panes) return;
      event.preventDefault();
      this.held = event.type === "keydown";
    };
    this.lost = () => { this.held = false; };
    document.addEventListener("keydown", this.key);
    document.addEventListener("keyup", this.key);
    window.addEventListener("blur", this.lost);
    this.all();
  },
  unmounted() {
    this.watching.disconnect();
    document.removeEventListener("keydown", this.key);
    document.removeEventListener("keyup", this.key);
    window.removeEventListener("blur", this.lost);
  },
  watch: {
    width() { this.all(); },
    height() { this.all(); },
    beside() { this.$nextTick(() => this.resized()); },
  },
  methods: {
    pane() {
      const pane = this.$refs.panes.querySelector(".find-pane");
      return pane ? pane.getBoundingClientRect() : { width: 1, height: 1, left: 0, top: 0 };
    },
    resized() {
      if (this.zoom <= this.fit * 1.001) this.all();
    },
    all() {
      this.$nextTick(() => {
        const { width, height } = this.pane();
        if (!this.width || !this.height || !width || !height) return;
        this.fit = this.zoom = Math.min(width / this.width, height / this.height);
        this.left = (width - this.width * this.zoom) / 2;
        this.top = (height - this.height * this.zoom) / 2;
      });
    },
    scale(factor, x, y) {
      const { width, height } = this.pane();
      const zoom = Math.min(Math.max(this.zoom * factor, this.fit), 32);
      if (zoom === this.fit) return this.all();
      const px = x ?? width / 2, py = y ?? height / 2, change = zoom / this.zoom;
      this.place(px - (px - this.left) * change, py - (py - this.top) * change, zoom);
    },
    place(left, top, zoom) {
      const { width, height } = this.pane();
      const inside = (offset, size, room) =>
        size <= room ? (room - size) / 2 : Math.min(0, Math.max(room - size, offset));
      this.zoom = zoom;
      this.left = inside(left, this.width * zoom, width);
      this.top = inside(top, this.height * zoom, height);
    },
    local(event) {
      const pane = event.target.closest(".find-pane");
      const box = pane ? pane.getBoundingClientRect() : this.pane();
      return [event.clientX - box.left, event.clientY - box.top];
    },
    wheel(event) {
      this.scale(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), ...this.local(event));
    },
    down(event) {
      if (event.button) return;
      this.drag = [event.clientX - this.left, event.clientY - this.top, event.clientX, event.clientY, event.pointerId];
      this.dragged = false;
    },
    move(event) {
      if (!this.drag) return;
      if (!this.dragged) {
        if (Math.hypot(event.clientX - this.drag[2], event.clientY - this.drag[3]) < 4) return;
        this.dragged = true;
        this.$refs.panes.setPointerCapture(this.drag[4]); // not before: a click must reach its line
      }
      this.place(event.clientX - this.drag[0], event.clientY - this.drag[1], this.zoom);
    },
    up(event) {
      const dragged = this.dragged, was = this.drag;
      this.drag = null;
      if (was && !dragged && event.type === "pointerup" && !event.target.closest(".find-line")) this.$emit("pick", -1);
    },
    pick(number) {
      if (!this.dragged) this.$emit("pick", number);
    },
  },
};
