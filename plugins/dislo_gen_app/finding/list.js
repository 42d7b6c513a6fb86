// The lines of a frame, a row each: number, colour, length, confidence, and what the person says of it.
export default {
  template: `
    <div ref="list" class="find-list" role="list" aria-label="Lines">
      <div v-for="line in lines" :key="line.n" role="listitem" class="find-row"
           :class="['find-row-' + line.s, { 'find-row-selected': line.n === selected }]" :data-number="line.n">
        <button type="button" class="find-name" @click="$emit('pick', line.n)" :aria-label="'Line ' + line.n">
          <span class="find-dot" :style="{ background: line.c }"></span>
          <span class="find-number">{{ line.n }}</span>
          <span class="find-length">{{ line.length }}</span>
          <span class="find-certain">{{ line.confidence }}</span>
        </button>
        <button type="button" class="find-switch" :aria-pressed="line.s === 'kept'" :aria-label="'Keep line ' + line.n"
                title="Keep this line, whatever the sliders say (K)" @click="$emit('keep', line.n)">keep</button>
        <button type="button" class="find-switch" :aria-pressed="line.s === 'off'" :aria-label="'Switch line ' + line.n + ' off'"
                title="This is no line: switch it off (X)" @click="$emit('off', line.n)">off</button>
      </div>
    </div>`,
  props: { lines: Array, selected: Number },
  watch: {
    selected() {
      this.$nextTick(() => {
        const row = this.$refs.list.querySelector(".find-row-selected");
        if (row) row.scrollIntoView({ block: "nearest" });
      });
    },
  },
};
