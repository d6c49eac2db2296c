// Names of emoji, as people know them from elsewhere.
// Knows nothing else.

const table = `grinning 😀|smiley 😃|smile 😄|grin 😁|laughing 😆|sweat_smile 😅|joy 😂|rofl 🤣|slight_smile 🙂|upside_down 🙃|wink 😉|blush 😊|innocent 😇|heart_eyes 😍|star_struck 🤩|kiss 😘|yum 😋|stuck_out_tongue 😛|zany 🤪|money_mouth 🤑|hug 🤗|giggle 🤭|shush 🤫|thinking 🤔|zipper_mouth 🤐|raised_eyebrow 🤨|neutral 😐|expressionless 😑|no_mouth 😶|smirk 😏|unamused 😒|roll_eyes 🙄|grimace 😬|relieved 😌|pensive 😔|sleepy 😪|sleeping 😴|mask 😷|sick 🤒|nauseated 🤢|sneeze 🤧|hot 🥵|cold 🥶|dizzy 😵|mind_blown 🤯|cowboy 🤠|party 🥳|sunglasses 😎|nerd 🤓|monocle 🧐|confused 😕|worried 😟|frown 🙁|open_mouth 😮|astonished 😲|flushed 😳|pleading 🥺|fearful 😨|cry 😢|sob 😭|scream 😱|disappointed 😞|sweat 😓|weary 😩|tired 😫|yawn 🥱|triumph 😤|rage 😡|angry 😠|devil 😈|skull 💀|poop 💩|clown 🤡|ghost 👻|alien 👽|robot 🤖|cat 🐱|dog 🐶|fox 🦊|bear 🐻|panda 🐼|penguin 🐧|bird 🐦|whale 🐳|octopus 🐙|bug 🐛|bee 🐝|turtle 🐢|snail 🐌|unicorn 🦄|heart ❤️|orange_heart 🧡|yellow_heart 💛|green_heart 💚|blue_heart 💙|purple_heart 💜|broken_heart 💔|sparkling_heart 💖|100 💯|boom 💥|sparkles ✨|star ⭐|fire 🔥|zap ⚡|zzz 💤|wave 👋|ok_hand 👌|pinch 🤏|victory ✌️|crossed_fingers 🤞|point_left 👈|point_right 👉|point_up 👆|point_down 👇|thumbsup 👍|+1 👍|thumbsdown 👎|-1 👎|fist ✊|punch 👊|clap 👏|raised_hands 🙌|open_hands 👐|handshake 🤝|pray 🙏|writing ✍️|muscle 💪|brain 🧠|eyes 👀|shrug 🤷|facepalm 🤦|sun ☀️|moon 🌙|cloud ☁️|rain 🌧️|snow ❄️|rainbow 🌈|umbrella ☔|tree 🌲|flower 🌸|rose 🌹|leaf 🍃|apple 🍎|lemon 🍋|banana 🍌|avocado 🥑|bread 🍞|cheese 🧀|pizza 🍕|burger 🍔|sushi 🍣|dumpling 🥟|rice 🍚|noodles 🍜|cake 🍰|cookie 🍪|chocolate 🍫|tea 🍵|coffee ☕|beer 🍺|wine 🍷|cheers 🥂|gift 🎁|balloon 🎈|tada 🎉|trophy 🏆|medal 🏅|football ⚽|dart 🎯|dice 🎲|music 🎵|guitar 🎸|art 🎨|camera 📷|movie 🎬|phone 📱|computer 💻|keyboard ⌨️|printer 🖨️|disk 💾|bulb 💡|book 📖|books 📚|memo 📝|pencil ✏️|paperclip 📎|pin 📌|calendar 📅|chart 📈|mail ✉️|package 📦|lock 🔒|key 🔑|hammer 🔨|wrench 🔧|gear ⚙️|link 🔗|magnet 🧲|test_tube 🧪|pill 💊|door 🚪|house 🏠|school 🏫|rocket 🚀|car 🚗|bus 🚌|train 🚆|bike 🚲|plane ✈️|ship 🚢|construction 🚧|warning ⚠️|stop 🛑|check ✅|x ❌|question ❓|exclamation ❗|plus ➕|recycle ♻️|clock 🕐|hourglass ⏳|globe 🌍|flag 🏁|crown 👑|gem 💎|bell 🔔|mute 🔕|speech 💬|thought 💭|see_no_evil 🙈|hear_no_evil 🙉|speak_no_evil 🙊`;

const emoji = table.split('|').map((entry) => {
  const [name, sign] = entry.trim().split(' ');
  return { name, sign };
});

/** Those whose names begin so come first, then those that have it. @param {string} begun @param {number} most */
export function findEmoji(begun, most) {
  const first = emoji.filter(({ name }) => name.startsWith(begun));
  const others = emoji.filter(({ name }) => !name.startsWith(begun) && name.includes(begun));
  return [...first, ...others].slice(0, most);
}

/** A text with all `:names:` of emoji replaced. @param {string} text */
export function withEmoji(text) {
  return text.replace(/(^|\s):([a-z0-9_+-]+):(?=\s|$)/g, (whole, before, name) => {
    const found = emoji.find((each) => each.name === name);
    return found ? `${before}${found.sign}` : whole;
  });
}
